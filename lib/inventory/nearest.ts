/** The candidate that was probably meant, when one is near enough to be a slip of the keys. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const most = word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))
  let best: { readonly candidate: string; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= most && distance < (best?.distance ?? Infinity)) best = { candidate, distance }
  }
  return best?.candidate
}

/** `Did you mean "agent"?`, or else what there is to choose from. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const all = [...candidates]
  const meant = nearest(word, all)
  if (meant !== undefined) return `Did you mean "${meant}"?`
  if (all.length === 0) return 'There is nothing to choose from.'
  const shown = all.slice(0, 12).join(', ')
  return all.length > 12 ? `Known are ${shown} and ${all.length - 12} more.` : `Known: ${shown}.`
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + cost,
        swapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      )
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
