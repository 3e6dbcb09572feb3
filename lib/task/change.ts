import { relative } from 'node:path'
import { inSetting, writable } from '../host/setting.ts'
import { ContactLost } from '../transport/errors.ts'
import { isSecret } from './differences.ts'
import type { Spot } from './engine.ts'
import type { HostRun } from './host-run.ts'
import type { Identity, Intent } from './journal.ts'
import { judge, type Verdict } from './judge.ts'
import { kindOf, type Change, type Reading, type Resource } from './kind.ts'
import { forgetBoot, rememberWrites, rememberOrigins } from './memory.ts'
import type { Move } from './origins.ts'
import { TaskFailed } from './outcome.ts'
import { readAll, type Item } from './reading.ts'
import { differing, type State } from './state.ts'

/** How often a change is begun again after contact was lost in its midst. */
export const attempts = 3

/** Journals, applies and verifies a change; returns fresh readings of the thing and of the items after it. */
export async function makeChange(
  spot: Spot,
  item: Item,
  change: Change<State>,
  rest: readonly { readonly item: Item; readonly reading: Reading<State> | undefined }[],
): Promise<Reading<State>[]> {
  const { resource, target } = item
  const { host } = target
  const { journal } = spot.on
  if (host === undefined || journal === undefined)
    throw new Error(`${target.name} was opened for reading only.`)
  const n = journal.next()
  journal.append(intentOf(spot, item, change, n))
  await rememberBefore(spot, item, change, rest)
  const within = inSetting(host, resource.setting ?? {})
  let { from } = change
  for (let attempt = 1; ; attempt++) {
    const lost = await contactIsLostIn(() =>
      target.reach(() => kindOf(resource.kind).apply(within, resource.ref, { from, to: change.to })),
    ).finally(() => {
      target.forget()
      spot.on.forget()
    })
    if (kindOf(resource.kind).boots !== undefined) await bootedAnew(spot, target, rest)
    // After lost contact nobody knows whether it was carried out: look again, which also waits for contact.
    const readings = await readAll([item, ...rest.map((later) => later.item)])
    const verdict = judge(spot, item, readings[0])
    if (verdict.is === 'ok') {
      journal.append({ type: 'done', n })
      if (spot.bracket === undefined) target.memory.origins.arrived(resource.id)
      return readings
    }
    if (!lost || attempt === attempts || verdict.is === 'unknown') throw stillDiffers(item, verdict)
    from = verdict.change.from
  }
}

/** Whether contact was lost in the midst of a change, so that nobody knows what became of it. */
export async function contactIsLostIn(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (error instanceof ContactLost) return true
    throw error
  }
}

/** What was remembered together with an item before it. */
const remembered = new WeakSet<Item>()

/** One write for all that the task seems to change, instead of one a change; what it misses has its turn later. */
async function rememberBefore(
  spot: Spot,
  item: Item,
  change: Change<State>,
  rest: Parameters<typeof makeChange>[3],
): Promise<void> {
  const moves = new Map<HostRun, Move[]>([[item.target, [{ thing: thingOf(item, change), ...change }]]])
  // What came of the changes before it may have made this one another than it seemed.
  const again = remembered.has(item)
  remembered.add(item)
  for (const { item: later, reading } of again ? [] : rest) {
    if (remembered.has(later)) continue
    const seeming = reading instanceof Error ? undefined : seemingChange(spot, later, reading)
    if (seeming === undefined) continue
    remembered.add(later)
    const move: Move = { thing: thingOf(later, seeming), ...seeming }
    moves.set(later.target, [...(moves.get(later.target) ?? []), move])
  }
  await Promise.all(
    [...moves].flatMap(([target, list]) => [
      ...(again ? [] : [target.reach(() => rememberWrites(target, list))]),
      // What a bracket enters it leaves again: that is nothing to go back to.
      ...(spot.bracket === undefined
        ? [target.reach(() => rememberOrigins(target, list, spot.position))]
        : []),
    ]),
  )
  item.target.memory.origins.begin(item.resource.id)
}

/** What was seen before the boot, and remembered beforehand of what comes later, counts no more. */
async function bootedAnew(
  spot: Spot,
  target: HostRun,
  rest: Parameters<typeof makeChange>[3],
): Promise<void> {
  await target.reach(() => forgetBoot(target))
  for (const { item } of rest) remembered.delete(item)
  const { digests } = spot.on.foresight
  // Those that this task was begun with nobody reads again.
  const begunWith = new Set(rest.flatMap(({ item }) => (item.resource.after ?? []).map(({ id }) => id)))
  for (const id of digests.keys()) if (!begunWith.has(id)) digests.delete(id)
}

function seemingChange(spot: Spot, item: Item, reading: State | undefined): Change<State> | undefined {
  try {
    const verdict = judge(spot, item, reading)
    return verdict.is === 'change' ? verdict.change : undefined
  } catch {
    return undefined
  }
}

function intentOf(spot: Spot, item: Item, change: Change<State>, n: number): Intent {
  const { resource } = item
  return {
    type: 'intent',
    n,
    at: spot.position,
    ...thingOf(item, change),
    from: change.from,
    to: change.to,
    ...(resource.via === undefined ? {} : { via: resource.via.hosts }),
    roleFolder: relative(process.cwd(), spot.role.folder),
    ...(spot.bracket === undefined ? {} : { bracket: spot.bracket }),
  }
}

function thingOf({ resource, spec }: Item, change: Change<State>): Move['thing'] {
  const after = resource.after?.map(identityOf)
  return {
    ...identityOf(resource),
    ...(after === undefined ? {} : { after }),
    ...(isSecret({ spec }, change) ? { secret: true } : {}),
  }
}

function identityOf({ kind, id, ref, setting }: Resource): Identity {
  return { kind, id, ref, ...(setting === undefined ? {} : { setting: writable(setting) }) }
}

function stillDiffers({ resource, target }: Item, verdict: Verdict): TaskFailed {
  if (verdict.is !== 'change')
    return new TaskFailed(`${resource.id} was changed, but cannot be looked at on ${target.name}.`)
  const { from, to } = verdict.change
  const fields = differing(from, to).map((field) => {
    return `${field} is ${JSON.stringify(from[field])}, wanted ${JSON.stringify(to[field])}`
  })
  return new TaskFailed(
    `${resource.id} was applied, but ${target.name} still differs: ${fields.join('; ')}.`,
    {
      advice:
        'Something else on the host changes it back, or it does not take the value; look for another tool at work.',
    },
  )
}
