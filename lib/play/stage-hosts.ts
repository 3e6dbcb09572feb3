import { groupMembers } from '../inventory/aliases.ts'
import { selectHosts } from '../inventory/select.ts'
import type { PlayRun } from './play-run.ts'
import type { Stage } from './playbook.ts'

/** The hosts of a stage that this run works on, in the inventory's order, without those that have left it. */
export function hostsOf(
  stage: Stage,
  { inventory, limit, member }: Pick<PlayRun, 'inventory' | 'limit' | 'member'>,
  left: ReadonlySet<string> = limit,
): readonly string[] {
  const chosen =
    typeof stage.hosts === 'string'
      ? selectHosts(inventory, stage.hosts, { unknown: 'ignore' })
      : stage.hosts({ group: (name) => groupMembers(inventory, name).map(member) })
  const within = chosen.filter((name) => limit.has(name) && left.has(name))
  return stage.runOnce === true || stage.anyOne === true ? within.slice(0, 1) : within
}
