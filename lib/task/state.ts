/** What a state is made of: what can stand in a journal and be compared. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * What one thing on a host is like. `is` says which shape it has: absent, a file, installed …; the other fields belong
 * to that shape. `hint` helps to put a thing back where it was, and is not compared.
 */
export type State = { readonly is: string; readonly hint?: Json } & { readonly [field: string]: Json }

/** Deep equality; `hint` does not count, neither does a field that is undefined. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  return fieldsOf(a, b).every((key) => same(field(a, key), field(b, key)))
}

/** The fields in which two states differ. */
export function differing(a: State, b: State): readonly string[] {
  return fieldsOf(a, b).filter((key) => !same(field(a, key), field(b, key)))
}

/** The contents that a state stands for. */
export function hashesIn(state: State): readonly Json[] {
  return Object.values(state)
    .flatMap((value) => value ?? null)
    .filter((value) => typeof value === 'string' && value.startsWith('h:'))
}

function fieldsOf(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => key !== 'hint')
}

function field(of: object, key: string): unknown {
  return (of as Record<string, unknown>)[key]
}
