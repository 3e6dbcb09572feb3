import type { Environment } from '../host/setting.ts'
import { groupMembers } from '../inventory/aliases.ts'
import { ask } from '../task/ask.ts'
import type { Resource } from '../task/kind.ts'
import type { PlayRun } from './play-run.ts'
import type { Role, RoleContext, RunContext, TaskOptions } from './role.ts'

type Context = RoleContext<unknown, unknown>

export type AtHand = Pick<Context, 'host' | 'vars' | 'shared' | 'run' | 'group' | 'ask' | 'on'>

/** What a role is given that needs no host. */
export function atHand(
  role: Role,
  host: string,
  run: RunContext,
  { inventory, member, varsOf }: Pick<PlayRun, 'inventory' | 'member' | 'varsOf'>,
): AtHand {
  return {
    host: member(host),
    vars: varsOf(host, role.name),
    shared: Object.fromEntries(Object.keys(role.shared).map((name) => [name, varsOf(host, name)])),
    run,
    group: (name) => groupMembers(inventory, name).map(member),
    ask,
    on: (peers, resource, options = {}) => {
      const hosts = peers.map((peer) => (typeof peer === 'string' ? peer : peer.name))
      return { ...resource, via: { hosts, ...options } }
    },
  }
}

/** Tasks of any sort that do nothing but say how they are called, and with which tags of their own. */
export function calledBy(
  named: (title: string, tags: readonly string[]) => Promise<void>,
): Pick<Context, 'task' | 'gate' | 'inspect' | 'report'> {
  return {
    task: async (title, ...parts) => {
      await named(title, tagsOf(optionsAmong(parts)))
      return resourcesAmong(parts)
    },
    gate: (title, _condition, { tags = [] }) => named(title, tags),
    inspect: (title, _look, { tags = [] } = {}) => named(title, tags),
    report: (title, _look, { tags = [] } = {}) => named(title, tags),
  }
}

type Part = Resource | TaskOptions

/** The resources of a task, each in the setting that its options name. */
export function inSettings(parts: readonly Part[]): readonly Resource[] {
  const options = optionsAmong(parts)
  const as = options.findLast((each) => each.as !== undefined)?.as
  const env = Object.assign({}, ...options.map((each) => each.env)) as Environment
  const resources = resourcesAmong(parts)
  if (as === undefined && Object.keys(env).length === 0) return resources
  return resources.map((resource) => ({ ...resource, setting: { ...(as === undefined ? {} : { as }), env } }))
}

export function optionsAmong(parts: readonly Part[]): readonly TaskOptions[] {
  return parts.filter((part): part is TaskOptions => !('kind' in part))
}

export function resourcesAmong(parts: readonly Part[]): readonly Resource[] {
  return parts.filter((part): part is Resource => 'kind' in part)
}

export function tagsOf(options: readonly TaskOptions[]): readonly string[] {
  return options.flatMap(({ tags = [] }) => tags)
}
