const words = [
  'minutely',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'quarterly',
  'semiannually',
  'annually',
  'yearly',
]
const day = '(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)'
const days = new RegExp(String.raw`^${day}(?:\.\.${day})?(?:,${day}(?:\.\.${day})?)*$`, 'i')
const zone = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/

/** One part of a date or a time, with the least and the most that may stand there. */
type Part = readonly [text: string, from: number, to: number]

/**
 * Refuses what systemd would not take for OnCalendar=, as far as its form and its numbers tell: a timer with a wrong
 * one is loaded, and never elapses.
 */
export function checkCalendar(expression: string): string {
  if (!isCalendar(expression)) {
    throw new TypeError(
      `${JSON.stringify(expression)} is no calendar expression of systemd, such as daily, Mon..Fri 03:00 or *-*-01 04:30:00; ask systemd-analyze calendar.`,
    )
  }
  return expression
}

function isCalendar(expression: string): boolean {
  const [first = '', ...rest] = expression.split(' ')
  if (/^@\d+$/.test(first)) return rest.length === 0
  if (words.includes(first.toLowerCase())) return rest.length <= 1 && rest.every(isZone)
  const parts = [first, ...rest]
  if (days.test(parts[0] ?? '')) parts.shift()
  if (isDate(parts[0] ?? '')) parts.shift()
  if (isTime(parts[0] ?? '')) parts.shift()
  if (parts.length === rest.length + 1) return false
  return parts.length === 0 || (parts.length === 1 && parts.every(isZone))
}

function isZone(text: string): boolean {
  return zone.test(text) && !days.test(text) && !words.includes(text.toLowerCase())
}

function isDate(text: string): boolean {
  const [, year = '*', month = '', dayOfMonth = ''] = /^(?:([^-~]+)-)?([^-~]+)[-~]([^-~]+)$/.exec(text) ?? []
  return fit([year, 1970, 2199], [month, 1, 12], [dayOfMonth, 1, 31])
}

function isTime(text: string): boolean {
  const [hour = '', minute = '', second = '0', ...more] = text.split(':')
  return more.length === 0 && fit([hour, 0, 23], [minute, 0, 59], [second, 0, 59])
}

function fit(...parts: readonly Part[]): boolean {
  return parts.every(([text, from, to]) => text.split(',').every((each) => fits(each, from, to)))
}

function fits(text: string, from: number, to: number): boolean {
  const [, range = '', step] = /^([^/]+)(?:\/(\d+(?:\.\d+)?))?$/.exec(text) ?? []
  if (range === '' || Number(step ?? 1) === 0) return false
  if (range === '*') return true
  const ends = range.split('..').map((end) => (/^\d+(?:\.\d{1,6})?$/.test(end) ? Number(end) : Number.NaN))
  const [first = Number.NaN, last = first] = ends
  return ends.length <= 2 && first >= from && last <= to && first <= last
}
