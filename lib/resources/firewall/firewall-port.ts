import { noProgram, sh } from '../../host/command.ts'
import type { Host, HostReader } from '../../host/host.ts'
import { defineResource, type Change, type Reading } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { moveFirewalld, readFirewalld } from './firewalld.ts'
import { moveNftables, openedNftables } from './nftables.ts'
import { readOwnRules } from './own-rules.ts'
import { checkSource } from './source.ts'
import type { FirewallRef, FirewallState } from './state.ts'
import { moveUfw, opened, ufwFiles, ufwState, unopened } from './ufw.ts'

const nothingAdded = 'Nothing was added: rules that somebody else loads would be gone with the next load.'

/** A port, or a range of them with both of its ends. */
export type Port = number | `${number}-${number}`

export type FirewallPortArgs = {
  /** Default: tcp. */
  readonly protocol?: 'tcp' | 'udp'
  /** An address or a network. Default: everybody. */
  readonly from?: string
  /** The zone of firewalld. Default: its default zone. */
  readonly zone?: string
  /** Takes the opening away; what else lets it in stays. */
  readonly state?: 'absent'
} & (
  | { readonly port: Port; readonly ports?: never }
  | { readonly ports: readonly Port[]; readonly port?: never }
)

/**
 * Ports that the host's firewall lets in, now and after a boot: firewalld or ufw, whichever is active, else the rules
 * that nftables.service loads, where these refuse what they do not name. There the ports get rules of their own at the
 * head of each such chain, and a block at the end of the file; the unit is never reloaded, since that would flush what
 * others, such as kube-proxy, have in the kernel. A host without a firewall has nothing to do, and gets none; rules
 * that none of the three looks after are left alone.
 */
export const firewallPort = defineResource('firewallPort', {
  make(args: FirewallPortArgs) {
    const { protocol = 'tcp', from, zone, state } = args
    const ports = (args.ports ?? [args.port]).map(checkPort)
    if (ports.length === 0) throw new TypeError('A firewallPort without a port opens nothing.')
    if (zone !== undefined && !/^[\w-]+$/.test(zone)) {
      throw new TypeError(`${JSON.stringify(zone)} is no name of a zone.`)
    }
    const source = from === undefined ? null : checkSource(from)
    const ref: FirewallRef = {
      ports: [...new Set(ports)],
      protocol,
      from: source === null ? null : { ...source },
      zone: zone ?? null,
    }
    return { key: openings(ref).join(','), ref, spec: { absent: state === 'absent', ref } }
  },

  read,

  want(actual: FirewallState, { absent, ref }): FirewallState {
    if (actual.is === 'firewalld') {
      const wanted = absent ? [] : ref.ports
      return { ...actual, runtime: wanted, permanent: wanted }
    }
    if (actual.is === 'ufw') return absent ? unopened(actual) : opened(actual, ref)
    if (actual.is === 'nftables') {
      return absent ? { ...actual, runtime: [], permanent: [] } : openedNftables(actual, ref)
    }
    if (actual.is === 'no firewall' || absent || actual.open) return actual
    throw new TaskFailed(
      `The host drops what its own rules do not name, and ${openings(ref).join(', ')} is not among that.`,
      { advice: `${sourceOf(actual.hint)} ${nothingAdded}` },
    )
  },

  apply: movePorts,

  claim: (ref) => openings(ref).map((opening) => `firewall:${opening}`),
})

async function read(
  host: HostReader,
  refs: readonly FirewallRef[],
): Promise<readonly Reading<FirewallState>[]> {
  const [firewalld, files] = await Promise.all([
    host.query(sh`systemctl is-active firewalld.service`, { ok: [0, 1, 3, 4, noProgram] }),
    host.readFiles(ufwFiles),
  ])
  if (firewalld.code === 0) return readZones(host, refs)
  const texts = files.map((file) => file?.toString())
  const states = refs.map((ref) => ufwState(texts, ref))
  if (states.every((state) => state !== undefined)) return states
  return refs.map(await readOwnRules(host))
}

async function readZones(
  host: HostReader,
  refs: readonly FirewallRef[],
): Promise<readonly Reading<FirewallState>[]> {
  const zones = [...new Set(refs.map(({ zone }) => zone))]
  const readings = await Promise.all(
    zones.map((zone) => readFirewalld(host, zone).catch((error: unknown) => failedZone(error))),
  )
  return refs.map((ref) => {
    const reading = readings[zones.indexOf(ref.zone)]
    return typeof reading === 'function' ? reading(ref) : (reading ?? new Error('A zone was left out.'))
  })
}

/** One zone that is not there is no reason not to hear of the others. */
function failedZone(error: unknown): TaskFailed {
  if (error instanceof TaskFailed) return error
  throw error
}

async function movePorts(host: Host, ref: FirewallRef, { from, to }: Change<FirewallState>): Promise<void> {
  if (from.is === 'firewalld' && to.is === 'firewalld') await moveFirewalld(host, ref, { from, to })
  if (from.is === 'ufw' && to.is === 'ufw') await moveUfw(host, ref, { from, to })
  if (from.is === 'nftables' && to.is === 'nftables') await moveNftables(host, ref, { from, to })
}

function sourceOf(rules = ''): string {
  return rules === 'iptables'
    ? 'These are rules of iptables, which keeps none over a boot: open it where they come from, such as /etc/iptables/rules.v4 or /etc/sysconfig/iptables, or leave them to firewalld, ufw or nftables.service.'
    : `No file that nftables.service loads has the chain ${rules}: write it there, such as into /etc/nftables.conf, and enable that unit; or open it where these rules come from, or leave them to firewalld or ufw.`
}

/** Each port as it is spoken of: `6443/tcp from 10.0.0.0/24`. */
function openings({ ports, protocol, from, zone }: FirewallRef): readonly string[] {
  const whom = from === null ? '' : ` from ${from.text}`
  return ports.map((port) => `${port}/${protocol}${whom}${zone === null ? '' : ` in ${zone}`}`)
}

function checkPort(port: Port | undefined): string {
  const [first = 0, last = first, ...more] = String(port).split('-').map(Number)
  const fit = [first, last].every((each) => Number.isInteger(each) && each >= 1 && each <= 65_535)
  if (!fit || last < first || more.length > 0 || (last === first && String(port).includes('-'))) {
    throw new TypeError(`${String(port)} is neither a port nor a range of them such as 30000-32767.`)
  }
  return String(port)
}
