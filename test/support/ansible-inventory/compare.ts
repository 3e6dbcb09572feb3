import { graphText } from '../../../lib/cli/inventory/graph.ts'
import { ansibleJson } from '../../../lib/cli/inventory/ansible-json.ts'
import { listDump } from '../../../lib/cli/inventory/dump.ts'
import { UserError } from '../../../lib/errors.ts'
import { loadInventory, type Inventory } from '../../../lib/inventory/inventory.ts'
import { limitPatterns } from '../../../lib/inventory/limit.ts'
import { selectHosts } from '../../../lib/inventory/select.ts'
import { loadVars } from '../../../lib/vars/load.ts'
import type { Case } from './case.ts'
import { readHere, stricter } from './differences.ts'
import type { Chosen, Verdict } from './referee.ts'

/** What differs between Ansible's answers to a case and ours, beyond the differences that are listed. */
export async function differences(each: Case, verdict: Verdict): Promise<readonly string[]> {
  let inventory: Inventory
  let list: string
  try {
    inventory = await loadInventory(each.sources)
    const { playbookFolder, extra } = each
    const store = await loadVars({ inventory, playbookFolder, extra, roleNames: [] })
    list = ansibleJson(listDump(inventory, store))
  } catch (error) {
    if (!(error instanceof UserError)) return [`thrown: ${error instanceof Error ? error.stack : 'no error'}`]
    const { message } = error
    const listed = verdict.broken.length > 0 || stricter.some(({ refused }) => refused.test(message))
    return listed ? [] : [`refused: ${message}`]
  }
  const unread = verdict.broken.filter((warning) => !readHere.warned.test(warning))
  if (unread.length > 0) return [`not refused: ${unread.join(' ')}`]
  // Nothing is left to compare with: Ansible knows other hosts.
  if (verdict.broken.length > 0) return []
  return [
    ...(list === verdict.list ? [] : [`list:\n${firstDifference(verdict.list ?? '', list)}`]),
    ...(graphText(inventory) === verdict.graph ? [] : [`graph: ${graphText(inventory)}\n${verdict.graph}`]),
    ...each.patterns.flatMap((pattern, index) =>
      unlike(pattern, verdict.patterns?.[index], () => selectHosts(inventory, pattern)),
    ),
    ...each.limits.flatMap((limit, index) =>
      unlike(limit, verdict.limits?.[index], () => {
        const chosen = new Set(selectHosts(inventory, limitPatterns(limit)))
        return inventory.hosts.map(({ name }) => name).filter((name) => chosen.has(name))
      }),
    ),
  ]
}

/** An unknown name is warned of by Ansible, and an error here. */
function unlike(
  pattern: string,
  theirs: Chosen | undefined,
  select: () => readonly string[],
): readonly string[] {
  const fails = theirs === undefined || 'error' in theirs || theirs.unknown.length > 0
  let ours: readonly string[] | string
  try {
    ours = select()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    ours = error.message
  }
  const alike = typeof ours === 'string' ? fails : !fails && ours.join() === theirs.hosts.join()
  return alike ? [] : [`pattern ${pattern}: ${JSON.stringify(theirs)}, here ${JSON.stringify(ours)}`]
}

function firstDifference(theirs: string, ours: string): string {
  const [a, b] = [theirs.split('\n'), ours.split('\n')]
  const at = a.findIndex((line, index) => line !== b[index])
  const from = Math.max(0, at - 6)
  return `theirs:\n${a.slice(from, at + 4).join('\n')}\nours:\n${b.slice(from, at + 4).join('\n')}`
}
