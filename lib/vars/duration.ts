/** A time span with its unit: `500ms`, `30s`, `2m`, `1h`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h'}`

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

export function isDuration(text: string): text is Duration {
  return /^\d+(?:\.\d+)?(?:ms|[smh])$/.test(text)
}

export function milliseconds(duration: Duration): number {
  const [, amount, unit] = /^(.*?)(ms|[smh])$/.exec(duration) ?? []
  const ms = Number(amount) * unitMs[unit as keyof typeof unitMs]
  if (!isDuration(duration)) throw new TypeError(`"${duration}" is no duration like 500ms, 30s, 2m or 1h.`)
  return ms
}
