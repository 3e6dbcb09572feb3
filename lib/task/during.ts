import type { Status } from '../report/events.ts'
import type { Bracket } from './bracket.ts'
import type { Spot } from './engine.ts'
import type { Foresight, HostRun } from './host-run.ts'
import { NotYet, PlanEnds, TaskFailed } from './outcome.ts'
import { complete, readHere } from './reading.ts'
import { runResources } from './runner.ts'

/** What a bracket needs of the role that it is part of. */
export interface Surroundings {
  /** Runs an end of the bracket, reported as a task of its own. */
  readonly runEnd: (title: string, work: (spot: Spot) => Promise<Status>) => Promise<void>
  /** Does something as if it had not been done: a failure in it is none of the role. */
  readonly aside: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * Runs the body inside the bracket, if there is anything to do. The body is looked ahead first: nothing pending and no
 * mark of ours, and the bracket is not entered; nothing pending and our mark, and it is only left. A body that fails
 * leaves the bracket entered; one that is foreseen to fail is not begun.
 */
export async function during<T>(
  spot: Spot,
  bracket: Bracket,
  body: () => Promise<T>,
  surroundings: Surroundings,
): Promise<T> {
  const { setAside } = spot.on
  const { id } = bracket.enter
  // The outer one of two brackets on one thing holds for both.
  if (setAside.has(id)) return body()
  setAside.add(id)
  try {
    return await enterAndLeave(spot, bracket, body, surroundings)
  } finally {
    setAside.delete(id)
  }
}

/** What is known of our mark, for when nobody can look any more. */
type Mark = 'none' | 'ours' | 'nobody knows'

async function enterAndLeave<T>(
  spot: Spot,
  bracket: Bracket,
  body: () => Promise<T>,
  { runEnd, aside }: Surroundings,
): Promise<T> {
  let mark: Mark = 'none'
  try {
    const ahead = await aside(() => lookAhead(spot.on, body))
    if (ahead instanceof TaskFailed) await runEnd(`Look ahead: ${bracket.title}`, () => Promise.reject(ahead))
    if (ahead === 'pending') {
      await runEnd(`Enter: ${bracket.title}`, async (at) => {
        mark = 'nobody knows'
        const status = await runResources({ ...at, bracket: 'enter' }, [bracket.enter])
        // What was set aside already may be a human's.
        mark = status === 'changed' || (await isMarked(spot, bracket)) ? 'ours' : 'none'
        return status
      })
    }
    const result = await body()
    if (await isMarked(spot, bracket)) {
      await runEnd(`Leave: ${bracket.title}`, (at) =>
        runResources({ ...at, bracket: 'leave' }, [bracket.leave]),
      )
    }
    return result
  } catch (error) {
    if (spot.on.planning) throw error
    const found = await isMarked(spot, bracket).then(
      (marked): Mark => (marked ? 'ours' : 'none'),
      () => mark,
    )
    throw found === 'none' ? error : stillEntered(spot, bracket, found, error)
  }
}

function stillEntered({ engine, place, on }: Spot, { title }: Bracket, mark: Mark, error: unknown): unknown {
  const message = `The bracket "${title}" ${mark === 'ours' ? 'stays' : 'may still be'} entered on ${on.name}.`
  const advice = 'The next run leaves it once its work is done; so does --revert.'
  engine.emit({ ...place, type: 'error', message, advice })
  if (on.fatal !== undefined) return error
  const cause = error instanceof Error ? error.message : String(error)
  return new TaskFailed(`${cause}\n${message}`, { cause: error, advice })
}

/** Whether our mark is on the thing: on the host, or foreseen under check. */
async function isMarked(spot: Spot, bracket: Bracket): Promise<boolean> {
  const [reading] = await readHere(spot, [await complete(spot, bracket.enter)])
  const foreseen = spot.on.planning ? spot.on.foresight.states.get(bracket.enter.id) : undefined
  const state = foreseen ?? reading
  if (state === undefined || state instanceof NotYet) return false
  if (state instanceof Error) throw state
  return bracket.mine(state)
}

/** Runs the body as a plan that nobody sees; it is pending when it would change something or cannot tell. */
async function lookAhead(
  on: HostRun,
  body: () => Promise<unknown>,
): Promise<'pending' | 'nothing to do' | TaskFailed> {
  const before = on.foresight
  const ahead: Foresight = {
    pending: false,
    pendingBefore: on.pending,
    states: new Map(before.states),
    digests: new Map(before.digests),
    changed: new Map(before.changed),
  }
  on.foresight = ahead
  on.lookingAhead++
  try {
    await body()
    return ahead.pending ? 'pending' : 'nothing to do'
  } catch (error) {
    if (error instanceof PlanEnds) return 'pending'
    if (error instanceof TaskFailed) return error
    throw error
  } finally {
    on.lookingAhead--
    on.foresight = before
  }
}
