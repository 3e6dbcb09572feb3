/**
 * What a flag takes: nothing (`switch`, or `count` of how often it stands), one value of which the last wins (`text`,
 * `number`), values that add up (`texts`; `list` also splits at commas), or a value that may be missing (`optional`).
 */
export type Takes = 'switch' | 'count' | 'text' | 'number' | 'texts' | 'list' | 'optional'

export interface Flag<T extends Takes = Takes> {
  readonly takes: T
  /** Without dashes; the first is the one that messages use. */
  readonly long: readonly string[]
  readonly short: string | undefined
  /** How the help names its value. */
  readonly value: string | undefined
  readonly help: string
}

/** A flag by its spellings and the name of its value: `-l --limit PATTERN`. */
export function flag<T extends Takes>(takes: T, spelling: string, help: string): Flag<T> {
  const words = spelling.split(' ')
  return {
    takes,
    long: words.filter((word) => word.startsWith('--')).map((word) => word.slice(2)),
    short: words.find((word) => /^-[^-]$/.test(word))?.slice(1),
    value: words.find((word) => !word.startsWith('-')),
    help,
  }
}

/** The flag as messages write it: `--limit`. */
export function written({ long }: Flag): string {
  return `--${long[0]}`
}

/** Whether something must stand behind it. */
export function needsValue({ takes }: Flag): boolean {
  return takes !== 'switch' && takes !== 'count' && takes !== 'optional'
}
