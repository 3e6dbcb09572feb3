/** Which tasks of a run are wanted. */
export interface TaskSelection {
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
}

/**
 * Ansible's rule for tags, with one difference: `never` gives way only to a tag of the task itself,
 * not to one that its role or stage happens to carry.
 */
export function isSelected(
  { tags, skipTags }: TaskSelection,
  own: readonly string[],
  inherited: readonly string[],
): boolean {
  const all = new Set([...own, ...inherited])
  const meets = (wanted: readonly string[], those: ReadonlySet<string>) =>
    wanted.some((tag) => {
      if (tag === 'all') return !those.has('never')
      if (tag === 'tagged') return those.size > 0 && !those.has('never')
      if (tag === 'untagged') return those.size === 0
      return those.has(tag)
    })
  if (meets(skipTags, all)) return false
  if (own.includes('never')) return meets(tags, new Set(own.filter((tag) => tag !== 'never')))
  if (all.has('never')) return false
  if (all.has('always') || tags.length === 0) return true
  return meets(tags, all)
}
