import { isIPv4, isIPv6 } from 'node:net'

/** Whom a port is opened to, as every firewall writes it back. */
export interface Source {
  readonly text: string
  readonly family: 'ipv4' | 'ipv6'
}

/** @throws when it is neither an address nor a network, or is a network with bits of a host in it */
export function checkSource(from: string): Source {
  const [address = '', prefix, ...more] = from.split('/')
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined
  const bits = family === 'ipv4' ? 32 : 128
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
  if (family === undefined || more.length > 0 || length < 1 || length > bits) {
    throw new TypeError(`${JSON.stringify(from)} is neither an address nor a network such as 10.0.0.0/24.`)
  }
  const plain = family === 'ipv4' ? address : shortest(address)
  if (length === bits) return { text: plain, family }
  if (family === 'ipv4' && (numberOf(address) & (2 ** (bits - length) - 1)) !== 0) {
    throw new TypeError(`${from} is no network: there are bits of a host in it.`)
  }
  return { text: `${plain}/${length}`, family }
}

/** An IPv6 address as everybody prints it. */
function shortest(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}

function numberOf(address: string): number {
  return address.split('.').reduce((all, part) => (all << 8) | Number(part), 0)
}
