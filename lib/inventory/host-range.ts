/** A range of host names that cannot be read; says what is wrong with it. */
export class BadRange extends Error {
  override readonly name = 'BadRange'
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** All names of `web[01:10:2].rack[a:c]`; both ends are included, and a leading zero pads. */
export function expandRanges(pattern: string): readonly string[] {
  const open = pattern.indexOf('[')
  if (open < 0 && !pattern.includes(']')) return [pattern]
  const close = pattern.indexOf(']', open)
  if (open < 0 || close < 0) throw new BadRange(`a bracket in "${pattern}" has no partner`)
  const head = pattern.slice(0, open)
  const tail = pattern.slice(close + 1)
  const tails = expandRanges(tail)
  const made = members(pattern.slice(open + 1, close))
  if (made.length * tails.length > mostHosts) throw tooMany(pattern)
  return made.flatMap((member) => tails.map((end) => head + member + end))
}

/** More is a slip of the keys, and would not end. */
const mostHosts = 100_000

function tooMany(range: string): BadRange {
  return new BadRange(`"${range}" makes more than ${mostHosts} hosts`)
}

function members(range: string): readonly string[] {
  const parts = range.split(':')
  const [first = '', last = '', step = '1'] = parts
  if (parts.length < 2 || parts.length > 3 || last === '' || !/^\d+$/.test(step) || Number(step) === 0) {
    throw new BadRange(`"[${range}]" is not begin:end or begin:end:step`)
  }
  const [from, to] = [letters.indexOf(first), letters.indexOf(last)]
  const isLetters = first.length === 1 && last.length === 1 && from >= 0 && to >= 0
  const name = isLetters ? (index: number) => letters[index] ?? '' : padded(first, last, range)
  const [begin, end] = isLetters ? [from, to] : [wholeNumber(first || '0', range), wholeNumber(last, range)]
  // Ansible makes no host at all of this, and says nothing.
  if (begin > end) throw new BadRange(`"[${range}]" ends before it begins`)
  const length = Math.floor((end - begin) / Number(step)) + 1
  if (length > mostHosts) throw tooMany(`[${range}]`)
  return Array.from({ length }, (_, index) => name(begin + index * Number(step)))
}

function padded(first: string, last: string, range: string): (index: number) => string {
  if (!first.startsWith('0') || first.length === 1) return String
  if (first.length !== last.length) {
    throw new BadRange(`"[${range}]" pads with zeros, so both ends need the same number of digits`)
  }
  return (index) => String(index).padStart(first.length, '0')
}

function wholeNumber(text: string, range: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new BadRange(`"[${range}]" needs two numbers or two letters`)
  return Number(text)
}
