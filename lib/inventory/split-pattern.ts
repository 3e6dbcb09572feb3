import { parseAddress } from './address.ts'

/** Commas separate; without any, colons do, except in an address or a slice. */
export function splitPattern(pattern: string): readonly string[] {
  const terms = pattern.includes(',')
    ? pattern.split(',')
    : parseAddress(pattern) !== undefined
      ? [pattern]
      : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [])
  return terms.map((term) => term.trim()).filter((term) => term !== '')
}
