import { noProgram, sh } from '../../host/command.ts'
import type { HostReader } from '../../host/host.ts'
import { rulesetIn, type Ruleset } from './ruleset.ts'

/** What the kernel filters by. */
export interface KernelRules {
  /** Every table, and of the chains those that all that comes in meets first. */
  readonly nft: Ruleset
  /** The chain INPUT as iptables has it, where there is no nft. */
  readonly iptables: readonly string[]
}

// A host with many pods has many thousand rules; only those of the hook are of interest.
const inputChains = String.raw`nft -a -n list ruleset 2>/dev/null | sed -n '/^[t}]/p; /^\tchain /h; /hook input/,/^\t}/{/hook input/{x;p;x};p}'`
const inputRules = 'iptables -S INPUT 2>/dev/null'

/** What nft, else iptables, has in the way of all that comes in; nothing where there is neither. */
export async function readKernelRules(host: HostReader): Promise<KernelRules> {
  const { stdout } = await host.query(
    sh`sh -c ${`${inputChains}; command -v nft >/dev/null || ${inputRules}`}`,
    { ok: [0, 1, noProgram] },
  )
  return { nft: rulesetIn(stdout), iptables: stdout.split('\n').filter((line) => line.startsWith('-')) }
}
