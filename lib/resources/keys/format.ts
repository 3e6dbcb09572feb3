import type { Json } from '../../task/state.ts'

/** Where a value stands: the names from the outermost to its own. */
export type Key = readonly string[]

/** One way of writing keys and values; what it does not touch stays as it is, to the byte. */
export interface KeyFormat {
  /** The value at a key of this text, undefined where there is none. @throws SyntaxProblem */
  read(text: string): (key: Key) => unknown
  set(text: string, key: Key, value: unknown): string
  remove(text: string, key: Key): string
}

/** Each is imported when a file in it is met: who edits none does without their parsers. */
const formats = {
  yaml: async () => (await import('./yaml.ts')).yaml,
  json: async () => (await import('./yaml.ts')).json,
  toml: async () => (await import('./toml.ts')).toml,
  ini: async () => (await import('./ini.ts')).ini,
} as const satisfies Record<string, () => Promise<KeyFormat>>

export type Format = keyof typeof formats

export function formatOf(name: Format): Promise<KeyFormat> {
  return formats[name]()
}

/** A value as it is compared: in an INI file all are texts. */
export function plain(format: Format, value: unknown): Json {
  if (format !== 'ini') return asJson(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A text that its format cannot read. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem'
  readonly line: number
  constructor(line: number, expected: string) {
    super(expected)
    this.line = line
  }
}

/** `a.b."c.d"` as its names; a name with a dot in it is quoted. */
export function parseKey(text: string): Key {
  const names = [...text.matchAll(/(?:^|\.)(?:"((?:[^"\\]|\\.)*)"|([^."]+))/gy)]
  if (names.length === 0 || names.map(([whole]) => whole).join('') !== text) {
    throw new TypeError(`${JSON.stringify(text)} is no key: names parted by dots are, as a.b or a."c.d".`)
  }
  return names.map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll(/\\(.)/g, '$1'),
  )
}

export function printKey(key: Key): string {
  return key.map((name) => (/^[^."\\\s]+$/.test(name) ? name : JSON.stringify(name))).join('.')
}

/** Walks plain objects; what is no object has nothing in it. */
export function valueAt(root: unknown, key: Key): unknown {
  return key.reduce<unknown>(
    (value, name) => (isTable(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    root,
  )
}

/** The same with another value at a key, undefined for none; nothing of the given is changed. */
export function withValue(
  root: unknown,
  [name, ...rest]: Key,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const table = isTable(root) ? root : {}
  if (name === undefined) return table
  const { [name]: there, ...others } = table
  if (rest.length > 0) return { ...table, [name]: withValue(there, rest, value) }
  return value === undefined ? others : { ...table, [name]: value }
}

/** What is wanted in a value that is none of ours to replace: `a.b` where `a` is a text. */
export function checkWay(root: unknown, key: Key): void {
  for (let length = 1; length < key.length; length++) {
    const value = valueAt(root, key.slice(0, length))
    if (value !== undefined && value !== null && !isTable(value))
      throw new TypeError(
        `${printKey(key.slice(0, length))} is no table, so ${printKey(key)} cannot be set in it.`,
      )
  }
}

export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** Whatever a parser made of a value, as JSON with its names in order. */
export function asJson(value: unknown): Json {
  if (typeof value === 'bigint') return `${value}`
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(asJson)
  if (isTable(value)) {
    const names = Object.keys(value).toSorted()
    return Object.fromEntries(names.map((name) => [name, asJson(value[name])]))
  }
  return (value ?? null) as Json
}
