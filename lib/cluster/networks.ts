import { isIPv4, isIPv6 } from 'node:net'
import { bringsAll } from './distributions.ts'
import type { ClusterConfiguration, Network } from './vars.ts'

interface Range {
  readonly family: 4 | 6
  readonly first: bigint
  readonly last: bigint
}

const bits = { 4: 32, 6: 128 } as const

/** Whether two networks, or single addresses, have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)]
  return one.family === other.family && one.first <= other.last && other.first <= one.last
}

/** Whether a network has an address in it, or the whole of another network. */
export function contains(network: string, inner: string): boolean {
  const [outside, inside] = [rangeOf(network), rangeOf(inner)]
  return outside.family === inside.family && outside.first <= inside.first && inside.last <= outside.last
}

const ofRancher = { pods: '10.42.0.0/16', services: '10.43.0.0/16' } as const
const ofKubernetes = { pods: '10.244.0.0/16', services: '10.96.0.0/12' } as const

/** The networks of the pods and of the services; what is left out is what the distribution takes. */
export function cidrsOf({ kubernetes, network }: Pick<ClusterConfiguration, 'kubernetes' | 'network'>): {
  readonly pods: string
  readonly services: string
} {
  const usual = bringsAll(kubernetes.distribution) ? ofRancher : ofKubernetes
  return { pods: network.podCidr ?? usual.pods, services: network.serviceCidr ?? usual.services }
}

const overheads = { vxlan: 50, wireguard: 60, 'host-gw': 0, bgp: 0 } as const

/** How many bytes of each packet between hosts are not the pods', where the hosts speak IPv4. */
export function overheadOf({ plugin, backend }: Pick<Network, 'plugin' | 'backend'>): number {
  return plugin === 'none' ? 0 : overheads[backend]
}

function rangeOf(text: string): Range {
  const [address = '', length, ...more] = text.split('/')
  const family = isIPv4(address) ? 4 : isIPv6(address) && !address.includes('%') ? 6 : undefined
  const width = family === undefined ? 0 : bits[family]
  const fixed = length === undefined ? width : /^\d{1,3}$/.test(length) ? Number(length) : Infinity
  if (family === undefined || fixed > width || more.length > 0)
    throw new TypeError(`"${text}" is neither an address nor a network like 10.42.0.0/16.`)
  const free = BigInt(width - fixed)
  const first = (numberOf(address, family) >> free) << free
  return { family, first, last: first | ((1n << free) - 1n) }
}

function numberOf(address: string, family: 4 | 6): bigint {
  if (family === 4) return joined(address.split('.').map(BigInt), 8n)
  const [head = '', tail] = withoutDots(address).split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
  const between = Array.from({ length: 8 - before.length - after.length }, () => 0n)
  return joined([...before, ...between, ...after], 16n)
}

function groupsOf(text: string): readonly bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`))
}

/** An address of IPv6 may end in one of IPv4: ::ffff:10.0.0.1. */
function withoutDots(address: string): string {
  return address.replace(/[\d.]+$/, (end) => {
    if (!end.includes('.')) return end
    const number = numberOf(end, 4)
    return `${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`
  })
}

function joined(groups: readonly bigint[], width: bigint): bigint {
  return groups.reduce((number, group) => (number << width) | group, 0n)
}
