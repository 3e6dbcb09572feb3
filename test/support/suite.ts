import { openGroup } from './uvu-deferred.ts'
import { suite as uvuSuite } from 'uvu'
import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * The only door to uvu. On its own uvu 0.5.6 ends green when a `before` hook throws, when a test rejects with
 * something that is no Error, and when `.run()` is forgotten; and it waits for ever. Here each of those fails.
 */
export interface Suite {
  (title: string, body: () => unknown, options?: { readonly timeoutMs?: number }): void
  before(body: () => unknown): void
  after(body: () => unknown): void
  /** A skipped test names its reason, and is counted. */
  skip(title: string, reason: string): void
}

export interface Tally {
  registered: number
  passed: number
  failed: number
  skipped: string[]
  /** How long each test took, by its title. */
  durations: Map<string, number>
}

export const tally: Tally = { registered: 0, passed: 0, failed: 0, skipped: [], durations: new Map() }

/** A test of real hosts starts several processes, on a machine that does other things as well. */
const defaultTimeoutMs = 60_000
const pending: (() => void)[] = []
const inTest = new AsyncLocalStorage<string>()

/** Titles one behaviour each, as sentences; the file runs through `test/run.ts`, which starts what is registered. */
export function suite(name: string): Suite {
  const inner = uvuSuite('')
  const befores: (() => unknown)[] = []
  let beforeResult: Promise<void> | undefined
  const prepared = () => (beforeResult ??= runAll(befores))

  const test = ((title, body, options) => {
    tally.registered++
    inner(title, async () => {
      const started = performance.now()
      const limit = options?.timeoutMs ?? defaultTimeoutMs
      try {
        await withTimeout(
          inTest.run(title, async () => {
            await prepared()
            await body()
          }),
          limit,
          `${name}: "${title}" did not end within ${limit} ms`,
        )
        tally.passed++
      } catch (thrown) {
        tally.failed++
        throw asError(thrown)
      } finally {
        tally.durations.set(`${name}: ${title}`, performance.now() - started)
      }
    })
  }) as Suite
  test.before = (body) => void befores.push(body)
  test.after = (body) =>
    inner.after(async () => {
      try {
        await body()
      } catch (thrown) {
        tally.failed++
        console.error(`${name}: cleaning up failed:`, thrown)
      }
    })
  test.skip = (title, reason) => {
    tally.registered++
    tally.skipped.push(`${name}: ${title} (${reason})`)
  }
  pending.push(() => {
    openGroup(name)
    inner.run()
  })
  return test
}

/** Hands every suite registered so far to uvu. */
export function enqueue(): void {
  for (const run of pending.splice(0)) run()
}

async function runAll(bodies: readonly (() => unknown)[]): Promise<void> {
  for (const body of bodies) await body()
}

async function withTimeout<T>(work: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error(`rejected with what is no Error: ${JSON.stringify(thrown)}`)
}
