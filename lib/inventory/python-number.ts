import type { Read } from './python-literal.ts'

const digits = String.raw`\d(?:_?\d)*`
const exponent = `[eE][+-]?${digits}`
const float = new RegExp(
  `^(?:(?:${digits})?\\.${digits}(?:${exponent})?|${digits}\\.?(?:${exponent})|${digits}\\.)`,
)
const integer = /^(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d)*)/

/** A number in Python's notation, with at most one sign. `010` is none, as in Python. */
export function numberAt(text: string, at: number): Read<number | string> | undefined {
  const sign = /^[+-]?[ \t]*/.exec(text.slice(at))?.[0] ?? ''
  const rest = text.slice(at + sign.length)
  const isFloat = float.test(rest)
  const written = (isFloat ? float : integer).exec(rest)?.[0]
  if (written === undefined || /[\w.]/.test(rest[written.length] ?? '')) return undefined
  const size = Number(written.replaceAll('_', ''))
  if (!Number.isFinite(size)) return undefined
  const negative = sign.startsWith('-')
  // A long serial number must not change its last digits.
  const exact = isFloat || Number.isSafeInteger(size)
  const value = exact ? (negative ? -size : size) : `${negative ? '-' : ''}${written.replaceAll('_', '')}`
  return { value: value === 0 ? 0 : value, end: at + sign.length + written.length }
}
