import { limits } from './limits.ts'

/** How long to wait after the nth failure (from 0): doubling, and never the same for two hosts. */
export function backoffMs(failures: number): number {
  const { firstMs, longestMs } = limits.backoff
  const whole = Math.min(longestMs, firstMs * 2 ** failures)
  return whole * (0.5 + Math.random() / 2)
}
