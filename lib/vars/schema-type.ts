import type { Located } from '../inventory/located.ts'
import { reveal, Secret } from '../secrets/secret.ts'

/** Keys and indexes from a role's map down to a value. */
export type Path = readonly (string | number)[]

/** One value that is not what it should be. */
export interface Fault {
  readonly path: Path
  /** Absent when nothing was written at all. */
  readonly at?: Located
  readonly expected: string
  readonly found: string
  readonly advice: string
}

export type Report = (fault: Fault) => void

/** What one variable may be, how it is read, and what it is for. */
export interface Schema<T> {
  /** For people: `whole number from 1 to 65535`. */
  readonly type: string
  /** What it is for; empty for what stands inside a list or a record. */
  readonly doc: string
  readonly optional: boolean
  readonly default?: T
  /** Holds a secret: what was written is never shown. */
  readonly hidden: boolean
  /** Of an object. */
  readonly fields?: Readonly<Record<string, Schema<unknown>>>
  /** The typed value; after a `report` the result must not be used. */
  read(found: Located, path: Path, report: Report): T
}

export interface Options<T> {
  /** What it is for, in one sentence. */
  readonly doc: string
  readonly default?: T
  /** May be left out, and is `undefined` then. */
  readonly optional?: true
}

/** The type of a variable with these options: an optional one may be undefined. */
export type Given<T, O> = O extends { readonly optional: true } ? T | undefined : T

/** A value or `wrong`, after which nothing may be done with it. */
export type Parse<T> = (found: Located, path: Path, report: Report) => T | Wrong

/** Says that a value was not what it should be; where it is known why, the advice says more. */
export class Wrong {
  readonly advice: string
  constructor(advice: string) {
    this.advice = advice
  }
}

interface Kind<T> {
  readonly type: string
  readonly hidden?: boolean
  readonly fields?: Readonly<Record<string, Schema<unknown>>>
  readonly parse: Parse<T>
}

/** Puts a schema together from what its kind does and what the variable says of itself. */
export function schema<T, O extends Options<T>>(kind: Kind<T>, options: O | undefined): Schema<Given<T, O>> {
  const { type, hidden = false, fields, parse } = kind
  const made: Schema<T> = {
    type,
    hidden,
    doc: options?.doc ?? '',
    optional: options?.optional ?? false,
    ...(options?.default !== undefined && { default: options.default }),
    ...(fields !== undefined && { fields }),
    read(found, path, report) {
      const parsed = parse(hidden ? found : asText(found), path, report)
      if (!(parsed instanceof Wrong)) return parsed
      report({ path, at: found, expected: type, found: shown(found, hidden), advice: parsed.advice })
      return undefined as T
    },
  }
  return made as Schema<Given<T, O>>
}

/** A secret for what is none by its type; it stays masked wherever it would be printed. */
function asText(found: Located): Located {
  return found.value instanceof Secret ? { ...found, value: reveal(found.value) } : found
}

/** A value for a message: what kind of thing it is, and the text of it when that is short and no secret. */
export function shown({ value, written, items, entries }: Located, hidden: boolean): string {
  if (value === null || value === undefined) return 'nothing'
  if (items !== undefined) return `a list of ${items.length}`
  if (entries !== undefined) return entries.size === 0 ? 'an empty map' : 'a map'
  if (typeof value === 'object') return 'a secret'
  if (hidden) return `a ${typeof value === 'string' ? 'text' : typeof value} that is not shown`
  const text = written ?? (typeof value === 'string' ? JSON.stringify(value) : `${value as number}`)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
