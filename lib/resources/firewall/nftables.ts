import { sh } from '../../host/command.ts'
import type { Host } from '../../host/host.ts'
import type { Change } from '../../task/kind.ts'
import { readKernelRules } from './kernel-rules.ts'
import { opensOfItsOwn, ruleFor } from './nft-rule.ts'
import { moveLines } from './nftables-file.ts'
import type { NftablesUnit } from './nftables-unit.ts'
import type { Said } from './ruleset.ts'
import type { FirewallRef, FirewallState, NftablesState } from './state.ts'

type Chains = ReadonlyMap<string, readonly Said[]>

/** Where the ports stand in the chains that refuse, now and after the next load of the file that these come from. */
export function nftablesState(
  between: Chains,
  { file, ended, active, enabled, rules }: NftablesUnit,
  ref: FirewallRef,
): FirewallState {
  const isLoaded = (chain: string) => (active || enabled) && rules.chains.has(chain)
  const chains = [...between.keys()].filter(isLoaded)
  const strange = openings(
    [...between.keys()].filter((chain) => !isLoaded(chain)),
    ref,
  ).filter(({ chain, port }) => !isOpen(between, chain, ref, port))
  if (file === undefined || strange.length > 0 || chains.length === 0) {
    return {
      is: 'rules of its own',
      open: strange.length === 0,
      hint: [...new Set(strange.map(({ chain }) => chain))].join(', '),
    }
  }
  const all = openings(chains, ref)
  const keys = (which: (opening: Opening) => boolean) => all.filter(which).map(({ key }) => key)
  const ours = (where: Chains) =>
    keys(({ chain, rule }) => where.get(chain)?.some(({ text }) => text === rule) === true)
  const others = (where: Chains) => keys(({ chain, port }) => isOpen(where, chain, ref, port))
  return {
    is: 'nftables',
    file,
    chains,
    runtime: ours(between),
    permanent: ours(rules.chains),
    hint: { runtime: others(between), permanent: others(rules.chains), ended },
  }
}

/** Every port let in by a rule of ours in every chain, but for those that somebody else's rule lets in. */
export function openedNftables(state: NftablesState, ref: FirewallRef): NftablesState {
  const [runtime, permanent] = (['runtime', 'permanent'] as const).map((scope) => {
    const keys = openings(state.chains, ref).map(({ key }) => key)
    return keys.filter((key) => state[scope].includes(key) || state.hint?.[scope].includes(key) !== true)
  })
  return { ...state, runtime: runtime ?? [], permanent: permanent ?? [] }
}

/**
 * Adds and takes away rules of ours; for the next load first, since only that outlives a power cut. The unit is never
 * reloaded: that would flush the rules of everybody else on the host, such as kube-proxy's.
 */
export async function moveNftables(
  host: Host,
  ref: FirewallRef,
  { from, to }: Change<NftablesState>,
): Promise<void> {
  const all = openings([...new Set([...from.chains, ...to.chains])], ref)
  const lines = (keys: readonly string[]) =>
    all.filter(({ key }) => keys.includes(key)).map(({ chain, rule }) => `insert rule ${chain} ${rule}`)
  const gone = (scope: 'runtime' | 'permanent') => from[scope].filter((key) => !to[scope].includes(key))
  await moveLines(host, to.file, { come: lines(to.permanent), go: lines(gone('permanent')) }, to.hint)

  const { chains } = (await readKernelRules(host)).nft
  const commands = all.flatMap(({ key, chain, rule }) => {
    const there = chains.get(chain)?.filter(({ text }) => text === rule) ?? []
    if (to.runtime.includes(key)) return there.length > 0 ? [] : [`insert rule ${chain} ${rule}`]
    if (!gone('runtime').includes(key)) return []
    return there.map(({ handle }) => `delete rule ${chain} handle ${handle}`)
  })
  if (commands.length > 0) {
    await host.exec(sh`nft -f -`, { stdin: commands.map((command) => `${command}\n`).join('') })
  }
}

interface Opening {
  /** As the state has it: `6443 in inet filter input`. */
  readonly key: string
  readonly chain: string
  readonly port: string
  readonly rule: string
}

function openings(chains: readonly string[], ref: FirewallRef): readonly Opening[] {
  return chains.flatMap((chain) => {
    return ref.ports.map((port) => ({ key: `${port} in ${chain}`, chain, port, rule: ruleFor(ref, port) }))
  })
}

function isOpen(chains: Chains, chain: string, ref: FirewallRef, port: string): boolean {
  return chains.get(chain)?.some((said) => opensOfItsOwn(said, ref, port)) === true
}
