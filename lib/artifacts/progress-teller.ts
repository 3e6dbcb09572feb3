import type { Progress } from './attempt.ts'

const tellEveryMs = 1000

/** Says how far a fetch has come, in whole percents, at most once a second. */
export function progressTeller(name: string, say: (text: string) => void): (progress: Progress) => void {
  let last = ''
  let next = 0
  return ({ received, total }) => {
    const now = performance.now()
    if (now < next) return
    const far =
      total === undefined || total === 0
        ? `${Math.floor(received / 1_000_000)} MB`
        : `${Math.floor((100 * received) / total)} %`
    if (far === last) return
    last = far
    next = now + tellEveryMs
    say(`fetching ${name}: ${far}`)
  }
}
