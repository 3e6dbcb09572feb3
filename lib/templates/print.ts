/** A value that has no text of its own, or whose text is surely not meant. */
export class Unprintable extends Error {
  override readonly name = 'Unprintable'
  readonly what: string
  readonly advice: string
  constructor(what: string, advice: string) {
    super(what)
    this.what = what
    this.advice = advice
  }
}

/** The text of a value for a template; nothing is escaped. */
export function print(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'bigint' || Number.isFinite(value))
    return `${value as number}`
  if (value === null || value === undefined || Number.isNaN(value)) {
    throw new Unprintable(
      `${String(value as null)} would be printed`,
      'Give it a value, or leave the line out with an if.',
    )
  }
  const advice = Array.isArray(value)
    ? "Print its items, or .join(', ') them."
    : 'Print a text, a number or a boolean.'
  throw new Unprintable(
    `${Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`} would be printed`,
    advice,
  )
}
