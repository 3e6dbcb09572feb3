import { inspect } from 'node:util'

const values = new WeakMap<Secret, string>()

/** A value that cannot be printed, interpolated, put into JSON or on a command line; only `reveal` gives it away. */
export class Secret {
  /** Where it comes from, for messages: `group_vars/all.yml: k3s.token`. */
  readonly source: string

  constructor(value: string, source: string) {
    this.source = source
    values.set(this, value)
    neverPrint(value)
  }

  toString(): never {
    throw new TypeError(
      `The secret from ${this.source} cannot become text here. Give it as content or stdin instead.`,
    )
  }

  [Symbol.toPrimitive](): never {
    return this.toString()
  }

  toJSON(): string {
    return '«secret»'
  }

  [inspect.custom](): string {
    return `Secret(${this.source})`
  }
}

/** The value itself: for what sends it to its one destination, and nothing else. */
export function reveal(secret: Secret): string {
  const value = values.get(secret)
  if (value === undefined) throw new TypeError('This secret was not made by this process.')
  return value
}

const known = new Set<string>()

/** Every secret of this process, in the order of their making; what redaction looks for. */
export function knownSecrets(): ReadonlySet<string> {
  return known
}

/** Shorter ones would blank out ordinary words. */
const shortestRedacted = 4

/** From here on it is masked wherever it would be printed, also where it is no secret by type. */
export function neverPrint(value: string): void {
  if (value.length >= shortestRedacted) known.add(value)
}

const concealed = new Set<string>()

/** Text out of an encrypted file: it is used as any other, and never printed. */
export function conceal(text: string): void {
  neverPrint(text)
  concealed.add(text)
}

/** Whether this stood in an encrypted file. */
export function isConcealed(text: string): boolean {
  return concealed.has(text)
}
