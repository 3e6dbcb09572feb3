import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until the answer is not undefined, or fails naming what was waited for. */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await sleep(20)
  }
}
