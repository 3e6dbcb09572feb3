import type { HostRole } from '../../../lib/cluster/host-roles.ts'
import { overheadOf } from '../../../lib/cluster/networks.ts'
import { milliseconds } from '../../../lib/vars/duration.ts'
import * as messages from '../messages/index.ts'
import { fatal, mended, warning, type Check, type Found, type Subject } from '../subject.ts'
import type { Way } from '../ways.ts'
import { firewallTask } from './defences.ts'

/** What has to come from host to host does; refused by the host itself, it has come there. */
export const reachability: Check = {
  name: 'reachability',
  judge: (subject) => subject.ways.flatMap((way) => onWay(subject, way)),
}

/** How long packets take, and whether all of them arrive. */
export const latency: Check = {
  name: 'latency',
  judge: (subject) => subject.ways.flatMap((way) => [...onTime(subject, way), ...onLoss(subject, way)]),
}

/** Packets as large as the hosts send them arrive. */
export const mtu: Check = {
  name: 'mtu',
  judge({ name: host, ways, configuration }) {
    const overhead = overheadOf(configuration.network)
    return ways
      .filter(({ large }) => large === false)
      .map((way) => {
        return warning(messages.largePacketsAreLost({ host, peer: way.peer.name, mtu: way.mtu, overhead }))
      })
  },
}

function onWay(subject: Subject, { peer, loss, ports }: Way): readonly Found[] {
  const { name: host } = subject
  const tried = ports.filter(({ found }) => found !== 'unknown')
  const answered = tried.some(({ found }) => found === 'open' || found === 'refused')
  if (loss === 100 && !answered) {
    // A host that drops pings and was asked for nothing else may well be there.
    const grade = tried.length > 0 ? fatal : warning
    return [grade(messages.peerIsSilent({ host, peer: peer.name }))]
  }
  const task = opening(subject, peer.name)
  return answers.flatMap(({ protocol, found }) => {
    const shut = tried.filter((port) => port.protocol === protocol && port.found === found)
    const ports = shut
      .filter(({ port }) => protocol === 'tcp' || !listens(subject, peer.name, port))
      .map(({ port, what }) => ({ port: `${port}/${protocol}`, what }))
    if (ports.length === 0) return []
    const about = { host, peer: peer.name, ports, found }
    // A host may refuse UDP without saying so, or say so too seldom.
    const otherwise = protocol === 'tcp' ? 'fatal' : 'warning'
    return [mended(task, otherwise, (mends) => messages.portsAreShut({ ...about, task: mends }))]
  })
}

/** Those of a port that is shut; UDP that cannot even be sent tells of the host that sends. */
const answers = [
  { protocol: 'tcp', found: 'silent' },
  { protocol: 'tcp', found: 'denied' },
  { protocol: 'udp', found: 'silent' },
] as const

/** Whoever takes packets of UDP says nothing. */
function listens({ all }: Subject, peer: string, port: number): boolean {
  const sockets = all.find(({ name }) => name === peer)?.survey.sockets ?? []
  return sockets.some((socket) => socket.protocol === 'udp' && socket.port === port)
}

/** The task that opens the peer's own firewall, or turns it off. */
function opening({ all, tuning }: Subject, peer: string): string | undefined {
  const firewall = all.find(({ name }) => name === peer)?.survey.firewall
  return firewall === undefined ? undefined : firewallTask(firewall, tuning)
}

function onTime(subject: Subject, { peer, roundTripMs }: Way): readonly Found[] {
  const { name: host, vars, all } = subject
  const roles = all.find(({ name }) => name === peer.name)?.roles ?? []
  const both = keepsState(subject.roles) && keepsState(roles)
  if (!both || roundTripMs === undefined || roundTripMs <= milliseconds(vars.maxLatency)) return []
  const found = `${roundTripMs.toFixed(1)} ms`
  return [warning(messages.wayIsSlow({ host, peer: peer.name, found, most: vars.maxLatency }))]
}

function onLoss({ name: host }: Subject, { peer, loss }: Way): readonly Found[] {
  if (loss === undefined || loss === 0 || loss === 100) return []
  return [warning(messages.packetsAreLost({ host, peer: peer.name, found: `${Math.round(loss)} %` }))]
}

function keepsState(roles: readonly HostRole[]): boolean {
  return roles.includes('server') || roles.includes('etcd')
}
