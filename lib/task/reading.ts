import { CannotBecome } from '../host/host.ts'
import { inSetting, settingKey } from '../host/setting.ts'
import { Unreachable } from '../transport/errors.ts'
import { answered } from './ask.ts'
import type { Spot } from './engine.ts'
import type { HostRun } from './host-run.ts'
import { kindOf, type Reading, type Resource } from './kind.ts'
import { NotYet, PlanEnds } from './outcome.ts'
import { targetOf } from './peer.ts'
import type { State } from './state.ts'
import { told } from './told.ts'

/** A resource on the host where it is looked at and moved, with its spec complete, or why it cannot be yet. */
export interface Item {
  readonly resource: Resource
  readonly target: HostRun
  readonly spec: object | NotYet
}

/** Completes a resource: finds who does it, asks other hosts for values, renders on the controller. */
export async function complete(spot: Spot, resource: Resource): Promise<Item> {
  const target = await targetOf(spot, resource)
  try {
    const spec = (await answered(resource.spec, ({ host, fact }) => told(spot, host, fact))) as object
    const { resolve } = kindOf(resource.kind)
    const whole = resolve === undefined ? spec : await resolve(spec, { roleFolder: spot.role.folder })
    const after = await Promise.all(resource.after?.map((input) => identified(spot, input)) ?? [])
    const inputs = resource.after === undefined ? {} : { after }
    return { resource: { ...withRef(resource, whole), ...inputs }, target, spec: whole }
  } catch (error) {
    if (error instanceof PlanEnds) return { resource, target, spec: new NotYet(error.message) }
    throw error
  }
}

/** What is reacted to, named as it is where it is brought about itself. */
async function identified(spot: Spot, resource: Resource): Promise<Resource> {
  const { identify, resolve } = kindOf(resource.kind)
  if (identify === undefined || resolve === undefined) return resource
  const spec = (await answered(resource.spec, ({ host, fact }) => told(spot, host, fact))) as object
  return withRef(resource, await resolve(spec, { roleFolder: spot.role.folder }))
}

function withRef(resource: Resource, spec: object): Resource {
  const { identify } = kindOf(resource.kind)
  return identify === undefined ? resource : { ...resource, ref: identify(resource.ref, spec) }
}

/** Looks at items; where a peer is gone through which one is looked at, another takes its place in `items`. */
export async function readHere(spot: Spot, items: Item[]): Promise<Reading<State>[]> {
  for (;;) {
    for (const [index, item] of items.entries()) {
      if (peerIsGone(spot, item)) items[index] = { ...item, target: await targetOf(spot, item.resource) }
    }
    try {
      return await readAll(items)
    } catch (error) {
      if (!(error instanceof Unreachable) || !items.some((item) => peerIsGone(spot, item))) throw error
    }
  }
}

export function peerIsGone(spot: Spot, { target }: Item): boolean {
  return target !== spot.on && target.fatal instanceof Unreachable
}

/** Looks at all items at once, but for those that were seen at a glance. */
export async function readAll(items: readonly Item[]): Promise<Reading<State>[]> {
  const seen = new Map<Item, Reading<State>>()
  for (const item of items) {
    const state = item.target.glance.take(item.resource)
    if (state !== undefined) seen.set(item, state)
  }
  await Promise.all(
    alike(items.filter((item) => !seen.has(item))).map(async (group) => {
      for (const [item, reading] of await readGroup(group)) seen.set(item, reading)
    }),
  )
  return items.map(
    (item) => seen.get(item) ?? new Error(`The kind ${item.resource.kind} left a reading out.`),
  )
}

/**
 * Looks at things of a host in one go before the tasks come to them. What cannot be seen yet, or only by what a task
 * brings along, is left for then.
 */
export async function glanceAt(on: HostRun, resources: readonly Resource[]): Promise<void> {
  const items = resources
    .filter(({ kind, via }) => via === undefined && kindOf(kind).identify === undefined)
    .map((resource): Item => ({ resource, target: on, spec: resource.spec }))
  await Promise.all(
    alike(items).map(async (group) => {
      const readings = await readGroup(group).catch((): [] => [])
      for (const [{ resource }, reading] of readings)
        if (!(reading instanceof Error)) on.glance.note(resource, reading)
    }),
  )
}

/** The things of one kind on one host, which are looked at together. */
function alike(items: readonly Item[]): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const { kind, setting = {} } = item.resource
    const key = `${item.target.name}\n${kind}\n${settingKey(setting)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}

async function readGroup(group: readonly Item[]): Promise<readonly [Item, Reading<State>][]> {
  const [first] = group
  if (first === undefined) return []
  const { target } = first
  const { kind, setting = {} } = first.resource
  const refs = group.map(({ resource }) => resource.ref)
  const readings = await target.reach(() =>
    kindOf(kind)
      .read(inSetting(target.reader, setting), refs)
      .catch((error: unknown) => refs.map(() => notYetThere(error))),
  )
  return group.flatMap((item, position) => {
    const reading = readings[position]
    return reading === undefined ? [] : [[item, reading]]
  })
}

/** Whom commands are to run as may still have to be created. */
function notYetThere(error: unknown): NotYet {
  if (error instanceof CannotBecome) return new NotYet(error.message)
  throw error
}
