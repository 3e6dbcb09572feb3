import { sh } from '../../host/command.ts'
import type { Host, HostReader } from '../../host/host.ts'
import { defineResource, type Change, type Reading } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { readKernelRules } from './kernel-rules.ts'
import { refusesTheRest } from './nft-rule.ts'
import { nftablesService, readNftablesUnit } from './nftables-unit.ts'
import { rulesetIn } from './ruleset.ts'

type NftablesActivity = {
  readonly is: 'unit'
  readonly active: boolean
  readonly enabled: boolean
  readonly hint?: {
    /** Whether its rules refuse what they do not name, in the kernel and in its file. */
    readonly refuses: { readonly now: boolean; readonly atBoot: boolean }
    /** Tables in the kernel that it did not load. */
    readonly others: readonly string[]
  }
}

// A table without a rule or a set in it, such as iptables leaves behind, is nobody's loss.
const filledTables = String.raw`nft list ruleset 2>/dev/null | sed -n '/^table /h; /^\t\t/{/ hook /!{x; /./p; s/.*//; x}}'`

/**
 * The rules that nftables.service loads are not in force, now and after a boot, where they refuse what they do not
 * name. Stopping it flushes everything that nft has, so it is not stopped while others have tables in the kernel.
 */
export const inactiveNftables = defineResource('inactiveNftables', {
  make: () => ({ key: nftablesService, ref: null, spec: {} }),

  read,

  want(actual: NftablesActivity): NftablesActivity {
    const { refuses, others = [] } = actual.hint ?? {}
    const enabled = actual.enabled && refuses?.atBoot !== true
    const active = actual.active && refuses?.now !== true
    if (active === actual.active || others.length === 0) return { ...actual, active, enabled }
    throw new TaskFailed(
      `To stop ${nftablesService} would flush tables of others, too: ${others.join(', ')}.`,
      {
        advice: `Open ports in its rules instead; or delete only its own tables (nft delete table …), and disable it (systemctl disable ${nftablesService}).`,
      },
    )
  },

  apply: move,

  claim: () => ['firewall:nftables', `unit:${nftablesService}#state`],
})

async function read(host: HostReader, refs: readonly null[]): Promise<readonly Reading<NftablesActivity>[]> {
  const { active, enabled, rules } = await readNftablesUnit(host)
  if (!active && !enabled) return refs.map(() => ({ is: 'unit', active, enabled }))
  const [kernel, others] = await Promise.all([readKernelRules(host), othersIn(host, rules.tables)])
  const refuses = {
    now: [...kernel.nft.chains].some(([name, chain]) => rules.chains.has(name) && refusesTheRest(chain)),
    atBoot: [...rules.chains.values()].some(refusesTheRest),
  }
  return refs.map(() => ({ is: 'unit', active, enabled, hint: { refuses, others } }))
}

async function othersIn(host: HostReader, own: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await host.query(sh`sh -c ${filledTables}`)
  return rulesetIn(stdout).tables.filter((table) => !own.includes(table))
}

/** What it is at the next boot comes first: that much is right even where it cannot be started now. */
async function move(host: Host, _: null, { from, to }: Change<NftablesActivity>): Promise<void> {
  if (from.enabled !== to.enabled) {
    await host.exec(sh`systemctl ${to.enabled ? 'enable' : 'disable'} ${nftablesService}`)
  }
  if (from.active === to.active) return
  const others = to.active ? await othersIn(host, (await readNftablesUnit(host)).rules.tables) : []
  if (others.length > 0) {
    throw new TaskFailed(
      `To start ${nftablesService} of ${host.name} would flush tables of others: ${others.join(', ')}.`,
      {
        advice:
          'Delete those that nobody needs any more (nft delete table …), and do this again; or boot the host.',
      },
    )
  }
  await host.exec(sh`systemctl ${to.active ? 'start' : 'stop'} ${nftablesService}`)
}
