import type { Fact } from '../host/fact.ts'
import { atHand, calledBy } from '../play/at-hand.ts'
import type { Stage } from '../play/playbook.ts'
import type { Role, RoleContext } from '../play/role.ts'
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
  listed: (title: string, tags: readonly string[]) => void,
): RoleContext<unknown, unknown> {
  const { limit, inventory } = ground
  const run = { id: 'list', hosts: [...limit], language: 'en', inventoryFolder: inventory.folder } as const
  return {
    ...atHand(role, host, run, ground),
    ...calledBy(async (title, tags) => listed(title, tags)),
    fact: async <T>(...words: [Fact<T>] | [string, Fact<T>]): Promise<T> => {
      const fact = words.length === 1 ? words[0] : words[1]
      if (fact.assumed === undefined) throw new PlanEnds(`A list asks no host for ${fact.name}.`)
      return fact.assumed
    },
    during: (_bracket, body) => body(),
  }
}
