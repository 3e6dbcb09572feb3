/** Whether a text matches a pattern as ssh has it: `*` is any text, `?` one character. */
export function globMatches(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text
  const regex = pattern
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${regex}$`, 's').test(text)
}

/** Whether a text matches one of several patterns, and none that stands behind a `!`. */
export function anyMatches(patterns: readonly string[], text: string): boolean {
  const negated = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  if (negated.some((pattern) => globMatches(pattern, text))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && globMatches(pattern, text))
}
