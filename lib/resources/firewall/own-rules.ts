import type { HostReader } from '../../host/host.ts'
import { readKernelRules } from './kernel-rules.ts'
import { isAmong, refusesTheRest, withoutPrefix } from './nft-rule.ts'
import { readNftablesUnit } from './nftables-unit.ts'
import { nftablesState } from './nftables.ts'
import type { FirewallRef, FirewallState } from './state.ts'

/** What the host filters by where no firewall of the others is active. Only one that refuses is looked into further. */
export async function readOwnRules(host: HostReader): Promise<(ref: FirewallRef) => FirewallState> {
  const { nft, iptables } = await readKernelRules(host)
  const shut = new Map([...nft.chains].filter(([name, chain]) => isOfHosts(name) && refusesTheRest(chain)))
  if (shut.size > 0) {
    const unit = await readNftablesUnit(host)
    return (ref) => {
      const between = new Map([...shut].filter(([name]) => concerns(name, ref)))
      if (between.size === 0) return { is: 'no firewall' }
      return nftablesState(between, unit, ref)
    }
  }
  if (!iptables.some((line) => /^-P INPUT DROP|^-A INPUT -j (?:DROP|REJECT)\b/.test(line)))
    return () => ({ is: 'no firewall' })
  return (ref) => {
    const open = ref.ports.every((port) => iptables.some((line) => opens(line, ref, port)))
    return { is: 'rules of its own', open, hint: 'iptables' }
  }
}

/** Frames that a bridge passes on, or questions of ARP, have no ports. */
function isOfHosts(chain: string): boolean {
  return /^(?:inet|ip6?) /.test(chain)
}

/** Whom a port is opened to may have no address of the kind that a chain is for. */
function concerns(chain: string, { from }: FirewallRef): boolean {
  return !chain.startsWith(from?.family === 'ipv4' ? 'ip6 ' : from?.family === 'ipv6' ? 'ip ' : '-')
}

/** A rule of iptables that names the port and no other condition than whom it is opened to. */
function opens(line: string, { protocol, from }: FirewallRef, port: string): boolean {
  const [, source] = / -s (\S+)/.exec(line) ?? []
  if (source !== undefined && withoutPrefix(source) !== from?.text) return false
  const rule = new RegExp(String.raw`^-A INPUT .*-p ${protocol} .*--dports? (\S+) .*-j ACCEPT`)
  const [, ports] = rule.exec(line) ?? []
  return ports !== undefined && isAmong(port, ports.split(','))
}
