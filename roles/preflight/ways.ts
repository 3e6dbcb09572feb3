import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostRole } from '../../lib/cluster/host-roles.ts'
import { clusterPorts, type ClusterPort } from '../../lib/cluster/ports.ts'
import type { ClusterConfiguration } from '../../lib/cluster/vars.ts'
import { sh } from '../../lib/host/command.ts'
import { defineFact } from '../../lib/host/fact.ts'

/** Another host, and what is to be tried of it. */
export interface Peer {
  readonly name: string
  readonly address: string
  readonly ports: readonly TriedPort[]
}

export interface TriedPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly what: string
}

/** `refused` is an answer of the host itself, so that it can be reached; `denied` one of whatever lies between. */
export type Found = 'open' | 'refused' | 'silent' | 'denied' | 'unknown'

/** How it is to go from one host to another. */
export interface Way {
  readonly peer: Peer
  /** In percent; undefined where the host cannot ping. */
  readonly loss: number | undefined
  /** Undefined where nothing came back. */
  readonly roundTripMs: number | undefined
  /** Whether packets as large as the device sends them arrive; undefined where that cannot be tried. */
  readonly large: boolean | undefined
  readonly mtu: number
  readonly ports: readonly (TriedPort & { readonly found: Found })[]
}

export interface Standing {
  readonly name: string
  readonly address: string
  readonly roles: readonly HostRole[]
}

const script = readFileSync(join(import.meta.dirname, 'files', 'ways.sh'), 'utf8')
const timeoutMs = 30_000

/** Whom a host tries: all that its part of the cluster comes to, and some that stand behind it in the inventory. */
export function peersOf(
  host: Standing,
  all: readonly Standing[],
  configuration: ClusterConfiguration,
  neighbours: number,
): readonly Peer[] {
  const ports = clusterPorts(configuration)
  const at = all.findIndex(({ name }) => name === host.name)
  const ring = all
    .map((_, step) => all[(at + 1 + step) % all.length])
    .slice(0, Math.min(neighbours, all.length - 1))
  return all
    .filter(({ name }) => name !== host.name)
    .map((peer) => ({ ...peer, ports: triedOf(host, peer, ports) }))
    .filter(({ name, ports: tried, roles }) => {
      const leads = tried.length > 0 && (roles.includes('server') || roles.includes('etcd'))
      return leads || ring.some((each) => each?.name === name)
    })
    .map(({ name, address, ports: tried }) => ({ name, address, ports: tried }))
}

/** Goes all ways at once, in one command. */
export function waysTo(peers: readonly Peer[], mtu: number) {
  return defineFact(`the ways to ${peers.map(({ name }) => name).join(', ')}`, async (host) => {
    if (peers.length === 0) return []
    const words = peers.map(({ address, ports }) => {
      return [address, mtu, ports.map(({ protocol, port }) => `${protocol}/${port}`).join(',')].join(' ')
    })
    const { stdout } = await host.query(sh`sh -c ${script} ways ${words}`, { timeoutMs })
    return parseWays(stdout, peers, mtu)
  })
}

/** Reads what the script prints. */
export function parseWays(text: string, peers: readonly Peer[], mtu: number): readonly Way[] {
  const lines = text.split('\n')
  return peers.map((peer) => {
    const said = (what: string) => {
      const start = `${peer.address} ${what} `
      return lines.find((line) => line.startsWith(start))?.slice(start.length) ?? ''
    }
    const small = pinged(said('ping'))
    const large = pinged(said('large'))
    return {
      peer,
      mtu,
      loss: small?.loss,
      roundTripMs: small?.averageMs,
      large: small === undefined || small.loss === 100 || large === undefined ? undefined : large.loss < 100,
      ports: peer.ports.map((tried) => ({
        ...tried,
        found: (said(`${tried.protocol}/${tried.port}`) || 'unknown') as Found,
      })),
    }
  })
}

/** What ping says at its end, of whichever make. */
function pinged(text: string): { readonly loss: number; readonly averageMs: number | undefined } | undefined {
  const loss = /([\d.]+)% packet loss/.exec(text)?.[1]
  if (loss === undefined) return undefined
  const average = /= [\d.]+\/([\d.]+)\//.exec(text)?.[1]
  return { loss: Number(loss), averageMs: average === undefined ? undefined : Number(average) }
}

function triedOf(host: Standing, peer: Standing, ports: readonly ClusterPort[]): readonly TriedPort[] {
  return ports.flatMap(({ what, port, protocol, on, from }) => {
    const comes = from === 'anybody' || from.some((role) => host.roles.includes(role))
    if (typeof port !== 'number' || !comes || !on.some((role) => peer.roles.includes(role))) return []
    return [{ port, protocol, what }]
  })
}

/** Whose hardware address answers for an address on the host's own network; undefined where nobody does. */
export function ownerOf(address: string) {
  return defineFact(`who has ${address}`, async (host) => {
    const look = sh`PATH=$PATH:/usr/sbin:/sbin; ping -n -q -c 1 -W 1 ${address} > /dev/null 2>&1; ip neigh show ${address} 2>/dev/null`
    const { stdout } = await host.query(look, { ok: [0, 1, 2, 127] })
    return /\blladdr (\S+)/.exec(stdout)?.[1]
  })
}
