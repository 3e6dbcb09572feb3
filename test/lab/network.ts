import { createConnection } from 'node:net'
import { existsSync, writeFileSync } from 'node:fs'
import { attempt, command } from './command.ts'

/** A lab's own stretch of addresses: 10.PART.THIRD.0/24. */
export interface Subnet {
  readonly second: number
  readonly third: number
}

export const addressIn = ({ second, third }: Subnet, host: number) => `10.${second}.${third}.${host}`

/** Bridges, machines and links carry this: it is unique to the lab and short, as names of links have to be. */
export const tagOf = ({ second, third }: Subnet) =>
  [second, third].map((part) => part.toString(16).padStart(2, '0')).join('')

export const bridgeOf = (subnet: Subnet) => `troupe-${tagOf(subnet)}`

/** Link names that nspawn gives to the machine's end of a host's network. */
export const linkOf = (machine: string) => `vb-${machine}`

/** Finds a subnet that neither this machine nor another lab uses. */
export async function freeSubnet(taken: readonly Subnet[]): Promise<Subnet> {
  const inUse = (await command('ip', ['-4', 'addr'])) + (await command('ip', ['-4', 'route']))
  const isFree = ({ second, third }: Subnet) =>
    !inUse.includes(` 10.${second}.${third}.`) &&
    !inUse.startsWith(`10.${second}.${third}.`) &&
    !inUse.includes(`\n10.${second}.${third}.`) &&
    !taken.some((other) => other.second === second && other.third === third)
  for (let second = 210; second < 220; second++)
    for (let third = 1; third < 255; third++) if (isFree({ second, third })) return { second, third }
  throw new Error('No free network for a lab: all of 10.210.0.0 to 10.219.255.255 is in use on this machine.')
}

/** Makes the bridge on which the hosts of a lab meet; what they send anywhere else is refused at once. */
export async function makeBridge(subnet: Subnet): Promise<void> {
  const bridge = bridgeOf(subnet)
  await command('ip', ['link', 'add', bridge, 'type', 'bridge'])
  writeFileSync(`/proc/sys/net/ipv6/conf/${bridge}/disable_ipv6`, '1')
  await command('ip', ['addr', 'add', `${addressIn(subnet, 1)}/24`, 'dev', bridge])
  await command('ip', ['link', 'set', bridge, 'up'])
  // A lab that crashed may have left its rule without its bridge.
  await attempt('ip', ['rule', 'del', 'iif', bridge, 'priority', '100'])
  // A machine that does not forward would let connections to the outside hang; forbidden, they fail in no time.
  await command('ip', ['rule', 'add', 'iif', bridge, 'priority', '100', 'prohibit'])
  writeFileSync(`/proc/sys/net/ipv4/conf/${bridge}/forwarding`, '1')
}

/** Takes the bridge and every link on it away. */
export async function removeBridge(subnet: Subnet): Promise<void> {
  const bridge = bridgeOf(subnet)
  if (existsSync(`/sys/class/net/${bridge}`)) {
    const links = (await command('ip', ['-o', 'link', 'show', 'master', bridge])).split('\n').filter(Boolean)
    for (const link of links) await attempt('ip', ['link', 'del', link.split(/:\s+|@/)[1] ?? ''])
    await command('ip', ['link', 'del', bridge])
  }
  await attempt('ip', ['rule', 'del', 'iif', bridge, 'priority', '100'])
}

/** True as soon as somebody listens; undefined until then. */
export function answers(address: string, port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: 1000 })
    const end = (answer: true | undefined) => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', () => end(true))
    socket.on('error', () => end(undefined))
    socket.on('timeout', () => end(undefined))
  })
}
