import type { Status } from '../report/events.ts'
import { Unreachable } from '../transport/errors.ts'
import { makeChange } from './change.ts'
import { differences } from './differences.ts'
import type { Spot } from './engine.ts'
import { witnessed } from './evidence.ts'
import { foresee, judge, type Verdict } from './judge.ts'
import { kindOf, type Reading, type Resource } from './kind.ts'
import { NotYet } from './outcome.ts'
import { targetOf } from './peer.ts'
import { complete, peerIsGone, readHere, type Item } from './reading.ts'
import type { State } from './state.ts'

/** Brings the resources of one task to the states they want, in order; when planning, says what it would do. */
export async function runResources(spot: Spot, resources: readonly Resource[]): Promise<Status> {
  const items = await Promise.all(resources.map((resource) => complete(spot, resource)))
  for (const { resource } of items) own(spot, resource)
  await readInputs(
    spot,
    items.map(({ resource }) => resource),
  )
  const readings = await readHere(spot, items)

  const statuses = new Set<Status>()
  try {
    for (const index of items.keys()) statuses.add(await bringAndTell(spot, items, readings, index))
  } finally {
    // What was foreseen and not come to is not changed.
    for (const { resource, target } of items) target.memory.origins.drop(resource.id)
  }
  return statuses.has('changed') ? 'changed' : statuses.has('unknown') ? 'unknown' : 'ok'
}

async function bringAndTell(
  spot: Spot,
  items: Item[],
  readings: Reading<State>[],
  index: number,
): Promise<Status> {
  const started = performance.now()
  const { item, verdict, why } = await bring(spot, items, readings, index)
  foresee(spot, item, verdict)
  const status = verdict.is === 'change' ? 'changed' : verdict.is
  spot.engine.emit({
    ...spot.place,
    type: 'resource',
    kind: item.resource.kind,
    id: item.resource.id,
    status,
    durationMs: Math.round(performance.now() - started),
    ...(verdict.is === 'change' ? { differences: await differences(spot, item, verdict.change) } : {}),
    ...(why === undefined ? {} : { why }),
  })
  return status
}

/** Judges one item and, unless planning, makes its change; fresh readings replace those of it and what follows. */
async function bring(
  spot: Spot,
  items: Item[],
  readings: Reading<State>[],
  index: number,
): Promise<{ readonly item: Item; readonly verdict: Verdict; readonly why?: string | undefined }> {
  for (;;) {
    const item = items[index]
    if (item === undefined) throw new RangeError(`There is no item ${index}.`)
    try {
      if (!holdsAtAGlance(spot, item, readings[index])) {
        item.target.glance.forget()
        readings.splice(index, items.length, ...(await readHere(spot, items.slice(index))))
      }
      const verdict = judge(spot, item, readings[index])
      if (verdict.is === 'unknown') return { item, verdict, why: verdict.why }
      if (verdict.is === 'ok' && !spot.on.planning) item.target.memory.origins.arrived(item.resource.id)
      if (verdict.is === 'ok' || spot.on.planning) return { item, verdict }
      const rest = items
        .slice(index + 1)
        .map((later, at) => ({ item: later, reading: readings[index + 1 + at] }))
      const { change } = verdict
      const readAgain = await witnessed(spot, item, change, () => makeChange(spot, item, change, rest))
      readings.splice(index, items.length, ...readAgain)
      return { item, verdict, why: kindOf(item.resource.kind).oneWay?.(change, item.resource.ref) }
    } catch (error) {
      const left = items.slice(index)
      if (!(error instanceof Unreachable) || !left.some((each) => peerIsGone(spot, each))) throw error
      // A peer is gone in the midst of it: another one goes on from what it sees.
      readings.splice(index, items.length, ...(await readHere(spot, left)))
      items.splice(index, left.length, ...left)
    }
  }
}

/** What was seen at a glance is enough to leave a thing as it is. Before anything is done about one, it is looked at again. */
function holdsAtAGlance(spot: Spot, item: Item, reading: Reading<State> | undefined): boolean {
  if (spot.on.planning || item.target.glance.isEmpty) return true
  try {
    return judge(spot, item, reading).is === 'ok'
  } catch {
    return false
  }
}

function own(spot: Spot, resource: Resource): void {
  // What is done through a peer belongs to the cluster, not to the host that asks for it.
  if (resource.via !== undefined) return
  spot.on.claim(kindOf(resource.kind).claim(resource.ref, resource.spec), spot.role.name)
}

/** Digests of inputs whose own task was not part of this run. */
async function readInputs(spot: Spot, resources: readonly Resource[]): Promise<void> {
  const { digests } = spot.on.foresight
  const own = new Set(resources.map(({ id }) => id))
  const missing = resources
    .flatMap(({ after }) => after ?? [])
    .filter(({ id, kind }) => !own.has(id) && !digests.has(id) && kindOf(kind).digest !== undefined)
  const items = await Promise.all(
    missing.map(async (resource) => ({
      resource,
      target: await targetOf(spot, resource),
      spec: resource.spec,
    })),
  )
  const readings = await readHere(spot, items)
  for (const [index, { resource }] of items.entries()) {
    const seen = readings[index]
    if (seen === undefined) continue
    if (seen instanceof Error && !(seen instanceof NotYet)) throw seen
    digests.set(resource.id, seen instanceof Error ? null : (kindOf(resource.kind).digest?.(seen) ?? null))
  }
}
