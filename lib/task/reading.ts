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

/** Looks at all items at once: the things of one kind on one host in one reading. */
export async function readAll(items: readonly Item[]): Promise<Reading<State>[]> {
  const groups = new Map<string, number[]>()
  items.forEach(({ resource, target }, index) => {
    const key = `${target.name}\n${resource.kind}\n${settingKey(resource.setting ?? {})}`
    groups.set(key, [...(groups.get(key) ?? []), index])
  })
  const readings = Array.from<Reading<State>>({ length: items.length })
  await Promise.all(
    [...groups.values()].map(async (indexes) => {
      const members = indexes.map((index) => items[index]).filter((item) => item !== undefined)
      const [first] = members
      if (first === undefined) return
      const { target } = first
      const refs = members.map(({ resource }) => resource.ref)
      const { kind, setting = {} } = first.resource
      const states = await target.reach(() =>
        kindOf(kind)
          .read(inSetting(target.reader, setting), refs)
          .catch((error: unknown) => refs.map(() => notYetThere(error))),
      )
      indexes.forEach((index, position) => {
        readings[index] = states[position] ?? new Error(`The kind ${first.resource.kind} left a reading out.`)
      })
    }),
  )
  return readings
}

/** Whom commands are to run as may still have to be created. */
function notYetThere(error: unknown): NotYet {
  if (error instanceof CannotBecome) return new NotYet(error.message)
  throw error
}
