import type { Fact } from '../host/fact.ts'
import { groupMembers } from '../inventory/aliases.ts'
import type { Stage } from '../play/playbook.ts'
import type { Role, RoleContext } from '../play/role.ts'
import { ask } from '../task/ask.ts'
import { PlanEnds } from '../task/outcome.ts'
import type { Ground } from './ground.ts'
import type { ListedTask } from './list.ts'

/** The tasks that the roles of a stage come to on one host, as far as they can tell without it. */
export async function tasksOf(
  stage: Stage,
  host: string | undefined,
  ground: Ground,
): Promise<readonly ListedTask[]> {
  if (host === undefined) return []
  const tasks: ListedTask[] = []
  for (const role of stage.roles) {
    const listed = (title: string, tags: readonly string[] = []) =>
      void tasks.push({ role: role.name, title, tags: [...tags, ...role.tags] })
    try {
      await role.tasks(listingContext(role, host, ground, listed))
    } catch (error) {
      if (!(error instanceof PlanEnds)) throw error
      listed('(the rest depends on the host)')
    }
  }
  return tasks
}

function listingContext(
  role: Role,
  host: string,
  ground: Ground,
  listed: (title: string, tags?: readonly string[]) => void,
): RoleContext<unknown, unknown> {
  return {
    host: ground.member(host),
    vars: ground.varsOf(host, role.name),
    shared: Object.fromEntries(Object.keys(role.shared).map((name) => [name, ground.varsOf(host, name)])),
    run: {
      id: 'list',
      hosts: [...ground.limit],
      language: 'en',
      inventoryFolder: ground.inventory.folder,
    },
    group: (name) => groupMembers(ground.inventory, name).map((member) => ground.member(member)),
    task: async (title, ...parts) => {
      listed(
        title,
        parts.flatMap((part) => ('kind' in part ? [] : (part.tags ?? []))),
      )
      return parts.flatMap((part) => ('kind' in part ? [part] : []))
    },
    gate: async (title, _condition, { tags }) => listed(title, tags),
    fact: async <T>(...words: [Fact<T>] | [string, Fact<T>]): Promise<T> => {
      const fact = words.length === 1 ? words[0] : words[1]
      if (fact.assumed === undefined) throw new PlanEnds(`A list asks no host for ${fact.name}.`)
      return fact.assumed
    },
    ask,
    on: (_peers, resource) => resource,
    during: (_bracket, body) => body(),
    inspect: async (title, _look, { tags } = {}) => listed(title, tags),
    report: async (title, _look, { tags } = {}) => listed(title, tags),
  }
}
