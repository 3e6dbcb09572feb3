import { noProgram, sh } from '../../host/command.ts'
import type { HostReader } from '../../host/host.ts'
import type { FirewallRef, FirewallState } from './state.ts'

// A host with many pods has many thousand rules; only those that all that comes in meets first are of interest.
const inputChains = `nft -n list ruleset 2>/dev/null | sed -n '/hook input/,/^\\t}/p'`
const inputRules = 'iptables -S INPUT 2>/dev/null'

/** What nft, else iptables, has in the way of all that comes in; nothing where there is neither. */
export async function readOwnRules(host: HostReader): Promise<(ref: FirewallRef) => FirewallState> {
  const { stdout } = await host.query(
    sh`sh -c ${`${inputChains}; command -v nft >/dev/null || ${inputRules}`}`,
    {
      ok: [0, 1, noProgram],
    },
  )
  const lines = stdout.split('\n').map((line) => line.trim())
  if (!lines.some(refusesTheRest)) return () => ({ is: 'no firewall' })
  return (ref) => ({
    is: 'rules of its own',
    open: ref.ports.every((port) => lines.some((line) => opens(line, ref, port))),
  })
}

/** A chain that drops what it does not name, by its policy or by its last rule. */
function refusesTheRest(line: string): boolean {
  return (
    /policy drop;|^-P INPUT DROP|^-A INPUT -j (?:DROP|REJECT)\b/.test(line) ||
    /^(?:counter packets \d+ bytes \d+ )?(?:drop|reject(?: with .*)?)$/.test(line)
  )
}

/** A plain rule that names the port and no other condition than whom it is opened to. */
function opens(line: string, { protocol, from }: FirewallRef, port: string): boolean {
  const address = /\bsaddr (\S+)|\s-s (\S+)/.exec(line)
  const source = (address?.[1] ?? address?.[2])?.replace(/\/(?:32|128)$/, '')
  if (source !== undefined && source !== from?.text) return false
  const nft = new RegExp(
    String.raw`\b${protocol} dport (\{[^}]*\}|[\d-]+)(?: ct state [\w,]+)?(?: counter packets \d+ bytes \d+)? accept`,
  )
  const iptables = new RegExp(String.raw`^-A INPUT .*-p ${protocol} .*--dports? (\S+) .*-j ACCEPT`)
  const named = nft.exec(line)?.[1] ?? iptables.exec(line)?.[1]
  const [first = '', last = first] = port.split('-')
  return (named ?? '')
    .replaceAll(/[{}\s]/g, '')
    .split(',')
    .map((each) => each.split(/[-:]/))
    .some(
      ([from = '', to = from]) => from !== '' && Number(from) <= Number(first) && Number(last) <= Number(to),
    )
}
