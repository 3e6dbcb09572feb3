import { Random } from './random.ts'

/** Code that is given anything, and what it promises whatever it is given. */
export interface Target {
  readonly name: string
  /** What may be thrown, by its name; anything else, and all that takes too long, is a finding. */
  readonly throws: readonly string[]
  /** How much of the rounds it gets, beside the others. */
  readonly share: number
  /** Throws when the promise is not kept. */
  readonly round: (random: Random) => unknown
}

/** A promise that was not kept. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

const longestMs = 5_000

/** Puts each target to its rounds; fails with all that is needed to see the first broken round of each again. */
export async function fuzz(targets: readonly Target[], rounds: number, seed: string): Promise<number> {
  const shares = targets.reduce((all, { share }) => all + share, 0)
  const findings: string[] = []
  let done = 0
  for (const target of targets) {
    const turns = Math.ceil((rounds * target.share) / shares)
    for (let turn = 0; turn < turns; turn++, done++) {
      const finding = await findingOf(target, `${seed}/${target.name}/${turn}`)
      if (finding !== undefined) findings.push(finding)
      if (finding !== undefined) break
    }
  }
  if (findings.length > 0) throw new Error(findings.join('\n'))
  return done
}

/** What is wrong with one round, with where it comes from. */
async function findingOf({ name, throws, round }: Target, seed: string): Promise<string | undefined> {
  const started = performance.now()
  let late: NodeJS.Timeout | undefined
  try {
    const work = round(new Random(seed))
    if (work instanceof Promise) {
      const limit = new Promise<never>((_, reject) => {
        late = setTimeout(() => reject(new Broken('it does not end')), longestMs)
      })
      await Promise.race([work, limit])
    }
  } catch (error) {
    if (!(error instanceof Error)) return `${name} in round ${seed}: no Error was thrown: ${String(error)}`
    if (!throws.includes(error.name) || error.message.trim() === '')
      return `${name} in round ${seed}: ${error.stack ?? String(error)}`
  } finally {
    clearTimeout(late)
  }
  const tookMs = performance.now() - started
  return tookMs > longestMs ? `${name} in round ${seed}: it took ${Math.round(tookMs)} ms` : undefined
}
