import { setImmediate as turn } from 'node:timers/promises'
import type { Fact } from '../host/fact.ts'
import type { HostRun } from '../task/host-run.ts'
import type { Resource } from '../task/kind.ts'
import { glanceAt } from '../task/reading.ts'
import { inSettings, optionsAmong, resourcesAmong, tagsOf, type AtHand } from './at-hand.ts'
import type { FactWords, Role } from './role.ts'

interface Ahead extends AtHand {
  readonly isSelected: (tags: readonly string[]) => boolean
  readonly tell: <T>(...words: FactWords<T>) => Promise<T>
}

/**
 * Goes through a role before it is run, as far as its tasks follow from what is known by then, and looks at all their
 * things at once. A host on which we never changed anything will be changed, which is for the tasks themselves to see.
 */
export async function takeGlance(on: HostRun, role: Role, ahead: Ahead): Promise<void> {
  if (on.memory.origins.all.length === 0) return
  const resources = await resourcesAhead(role, ahead)
  // One look is what a single task takes, too.
  if (resources.length > 1) await glanceAt(on, resources)
}

/** Those of the tasks up to a gate, a bracket, or a fact that an earlier task of the role may bring about. */
async function resourcesAhead(
  role: Role,
  { isSelected, tell, ...atHand }: Ahead,
): Promise<readonly Resource[]> {
  const found: Resource[] = []
  const asked: Promise<unknown>[] = []
  let steps = 0
  let isOver = false
  // It does not return, so that no role can catch that.
  const halt = () => new Promise<never>(() => {})
  const step = async () => (isOver ? halt() : void steps++)
  const walk = role.tasks({
    ...atHand,
    task: async (_title, ...parts) => {
      await step()
      if (isSelected(tagsOf(optionsAmong(parts)))) found.push(...inSettings(parts))
      return resourcesAmong(parts)
    },
    inspect: step,
    report: step,
    gate: halt,
    during: halt,
    fact: async <T>(...words: FactWords<T>) => {
      await step()
      const fact: Fact<T> = words.length === 1 ? words[0] : words[1]
      if (found.length > 0 && !fact.lasting) return halt()
      const answer = tell(...words)
      asked.push(answer)
      return answer
    },
  })
  const end = () => (isOver = true)
  // Its errors are for the run itself to tell of.
  walk.then(end, end)
  // Where it takes no step in a turn and no answer is out, it waits for something that only the run should wait for.
  for (let before = -1; !isOver && before < steps;) {
    before = steps
    await Promise.allSettled(asked)
    await turn()
  }
  end()
  return found
}
