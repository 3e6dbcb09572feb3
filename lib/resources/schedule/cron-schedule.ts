interface Field {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly words?: readonly string[]
}

const fields: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  {
    name: 'month',
    from: 1,
    to: 12,
    words: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' '),
  },
  { name: 'day of the week', from: 0, to: 7, words: 'sun mon tue wed thu fri sat'.split(' ') },
]

/** The words that cron takes in place of five fields. */
export const specials = ['reboot', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
export type Special = (typeof specials)[number]

/** @throws when cron would not take the five fields, with the one that is wrong */
export function checkSchedule(schedule: string): string {
  const parts = schedule.split(/[ \t]+/)
  if (parts.length !== fields.length) {
    throw new TypeError(
      `The schedule ${JSON.stringify(schedule)} has ${parts.length} fields, and cron wants five: minute, hour, day of the month, month, day of the week.`,
    )
  }
  fields.forEach((field, index) => {
    const part = parts[index] ?? ''
    if (part.split(',').some((each) => !fits(each, field))) {
      throw new TypeError(
        `In the schedule ${JSON.stringify(schedule)}, ${JSON.stringify(part)} is no ${field.name}: expected *, ${field.from} to ${field.to}, ranges, lists or steps of them.`,
      )
    }
  })
  return schedule
}

function fits(part: string, field: Field): boolean {
  const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? []
  if (range === '' || Number(step ?? 1) === 0) return false
  if (range === '*') return true
  const [first, last, ...more] = range.split('-').map((word) => valueOf(word, field))
  // A step without a range is taken by one cron and refused by another.
  if (last === undefined) return first !== undefined && !range.includes('-') && step === undefined
  return first !== undefined && more.length === 0 && first <= last
}

function valueOf(word: string, { from, to, words }: Field): number | undefined {
  const named = words?.indexOf(word.toLowerCase()) ?? -1
  if (named >= 0) return named + (from === 0 ? 0 : 1)
  const value = /^\d{1,2}$/.test(word) ? Number(word) : undefined
  return value !== undefined && value >= from && value <= to ? value : undefined
}
