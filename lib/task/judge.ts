import type { Spot } from './engine.ts'
import { inputOf } from './inputs.ts'
import { kindOf, type Change, type Input, type Reading } from './kind.ts'
import { NotYet, TaskFailed } from './outcome.ts'
import { writtenAfter } from './memory.ts'
import type { Item } from './reading.ts'
import { same, type State } from './state.ts'

/** What is to be done about one thing. */
export type Verdict =
  | { readonly is: 'ok'; readonly state: State }
  | { readonly is: 'change'; readonly change: Change<State> }
  | { readonly is: 'unknown'; readonly why: string }

/** Holds what was seen against what is wanted; changes nothing. */
export function judge(spot: Spot, item: Item, reading: Reading<State> | undefined): Verdict {
  const { resource, spec, target } = item
  const { foresight, planning } = spot.on
  const seen = (planning ? foresight.states.get(resource.id) : undefined) ?? reading
  try {
    if (spec instanceof NotYet) throw spec
    if (seen === undefined || seen instanceof Error) throw seen ?? new Error(`${resource.id} was not read.`)
    const inputs = inputsOf(spot, item)
    if (inputs === undefined) throw new NotYet(`What ${resource.id} reacts to cannot be known yet.`)
    const to = kindOf(resource.kind).want(seen, spec, {
      inputs,
      ...(planning && (spot.on.pending || target.pending) ? { pending: true } : {}),
      worker: target.reader.worker,
      keep: (content) => target.reader.keep(content),
      hashOf: (sha256) => target.reader.hashOf(sha256),
    })
    return same(seen, to) ? { is: 'ok', state: seen } : { is: 'change', change: { from: seen, to } }
  } catch (error) {
    if (!(error instanceof NotYet)) throw error
    const mayCome = spec instanceof NotYet || spot.on.pending || target.pending
    if (!planning || !mayCome) {
      throw new TaskFailed(error.message, { cause: error })
    }
    const { foreseen } = error
    if (foreseen === undefined || seen === undefined || seen instanceof Error) {
      return { is: 'unknown', why: error.message }
    }
    return { is: 'change', change: { from: seen, to: foreseen } }
  }
}

/** Notes what a verdict means for what comes later on this host. */
export function foresee(spot: Spot, { resource, target }: Item, verdict: Verdict): void {
  const { foresight, planning } = spot.on
  const { digest } = kindOf(resource.kind)
  const state = verdict.is === 'ok' ? verdict.state : verdict.is === 'change' ? verdict.change.to : undefined
  if (digest !== undefined) foresight.digests.set(resource.id, state === undefined ? null : digest(state))
  if (verdict.is === 'ok' || !planning) return
  foresight.pending = true
  // A host through which something is done is told only of what is planned, not of what is looked ahead at.
  if (spot.on.lookingAhead === 0) target.foresight.pending = true
  if (state !== undefined) foresight.states.set(resource.id, state)
  if (digest === undefined || verdict.is !== 'change') return
  const known = foresight.changed.get(resource.id) ?? spot.on.memory.changed.get(resource.id)
  const { from, to } = verdict.change
  foresight.changed.set(resource.id, writtenAfter(known, digest(from), digest(to)))
}

/** The digests of what it reacts to; undefined when one of them is unknown. */
function inputsOf({ on }: Spot, { resource }: Item): Record<string, Input> | undefined {
  const inputs: Record<string, Input> = {}
  for (const { id } of resource.after ?? []) {
    const digest = on.foresight.digests.get(id)
    if (digest === null) return undefined
    if (digest === undefined) continue
    inputs[id] = inputOf(digest, on.foresight.changed.get(id) ?? on.memory.changed.get(id))
  }
  return inputs
}
