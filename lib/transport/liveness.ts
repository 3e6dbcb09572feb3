import type { Duplex } from 'node:stream'

/** How often a sign of life is asked for, and how many may fail to come. */
export interface Keepalive {
  readonly intervalMs: number
  readonly misses: number
}

/**
 * Calls `silent` when no byte has come for so many intervals; any byte is a sign of life, since the answer to a ping
 * may stand behind a long queue. Returns what ends the watch.
 */
export function watchLiveness(
  stream: Duplex,
  { intervalMs, misses }: Keepalive,
  silent: (silentMs: number) => void,
): () => void {
  let heard = performance.now()
  const onData = () => (heard = performance.now())
  stream.on('data', onData)
  const patienceMs = intervalMs * misses
  let timer: NodeJS.Timeout | undefined
  const watch = () => {
    const due = heard + patienceMs
    timer = setTimeout(() => {
      const now = performance.now()
      if (heard + patienceMs > due) return watch()
      if (now - due <= intervalMs) return silent(now - heard)
      // A timer this late means that this process slept: what has come meanwhile is still to be read.
      heard = now - patienceMs + intervalMs
      watch()
    }, due - performance.now())
  }
  watch()
  return () => {
    clearTimeout(timer)
    stream.off('data', onData)
  }
}
