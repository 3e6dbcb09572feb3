import { sh } from '../../host/command.ts'
import type { Host, HostReader } from '../../host/host.ts'
import type { Change } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import type { FirewalldState, FirewallRef } from './state.ts'

/** What one zone lets in, as `firewall-cmd --list-all` tells it. */
export interface Zone {
  readonly name: string
  readonly ports: readonly string[]
  readonly rules: readonly string[]
}

const invalidZone = 112

/** One zone as it is now, and as it will be after the next start: two commands, side by side. */
export async function readFirewalld(
  host: HostReader,
  zone: string | null,
): Promise<(ref: FirewallRef) => FirewalldState> {
  const [runtime, permanent] = await Promise.all([
    listAll(host, zone, []),
    listAll(host, zone, ['--permanent']),
  ])
  return (ref) => ({
    is: 'firewalld',
    zone: runtime.name,
    runtime: openIn(runtime, ref),
    permanent: openIn(permanent, ref),
    hint: { runtime: othersWithin(runtime, ref), permanent: othersWithin(permanent, ref) },
  })
}

/** Opens and closes what differs; for the next start first, since only that outlives a power cut. */
export async function moveFirewalld(
  host: Host,
  ref: FirewallRef,
  { from, to }: Change<FirewalldState>,
): Promise<void> {
  for (const scope of ['permanent', 'runtime'] as const) {
    const options = [`--zone=${to.zone}`, ...(scope === 'permanent' ? ['--permanent'] : [])]
    const opened = to[scope].filter((port) => !from[scope].includes(port))
    const closed = from[scope].filter((port) => !to[scope].includes(port))
    const others = closed.length > 0 ? (to.hint?.[scope] ?? []) : []
    const words = {
      remove: closed.map((port) => wordFor('remove', ref, port)),
      add: [
        ...opened.map((port) => wordFor('add', ref, port)),
        ...others.map((port) => `--add-port=${port}`),
      ],
    }
    if (words.remove.length > 0) await host.exec(sh`firewall-cmd ${options} ${words.remove}`)
    if (words.add.length > 0) await host.exec(sh`firewall-cmd ${options} ${words.add}`)
  }
}

async function listAll(host: HostReader, zone: string | null, options: readonly string[]): Promise<Zone> {
  const which = zone === null ? [] : [`--zone=${zone}`]
  const { code, stdout } = await host.query(sh`firewall-cmd ${[...options, ...which]} --list-all`, {
    ok: [0, invalidZone],
  })
  if (code === 0) return parseZone(stdout)
  throw new TaskFailed(`The firewalld of ${host.name} has no zone ${zone}.`, {
    advice: 'firewall-cmd --get-zones names those that it has.',
  })
}

/** Reads the answer of `--list-all`: a name, then fields of one line, and rules on lines of their own. */
export function parseZone(text: string): Zone {
  const [first = '', ...lines] = text.split('\n')
  const ports = lines.flatMap((line) => /^  ports: (.*)$/.exec(line)?.[1]?.trim().split(/\s+/) ?? [])
  const rules = lines.flatMap((line) => /^\s+(rule .*)$/.exec(line)?.[1]?.trim() ?? [])
  return { name: first.split(' ')[0] ?? '', ports: ports.filter((port) => port !== ''), rules }
}

/** A port may be open as a part of a range. */
function openIn(zone: Zone, ref: FirewallRef): readonly string[] {
  return ref.ports.filter((port) => {
    if (ref.from !== null) return zone.rules.includes(ruleFor(ref, port))
    return zone.ports.some((other) => other.endsWith(`/${ref.protocol}`) && isWithin(port, other))
  })
}

function othersWithin(zone: Zone, ref: FirewallRef): readonly string[] {
  if (ref.from !== null) return []
  const shut = ref.ports.filter((port) => !openIn(zone, ref).includes(port))
  return zone.ports.filter((other) => {
    return other.endsWith(`/${ref.protocol}`) && shut.some((port) => isWithin(other, port))
  })
}

function isWithin(inner: string, outer: string): boolean {
  const [[first, last], [from, to]] = [ends(inner), ends(outer)]
  return from <= first && last <= to
}

function ends(range: string): readonly [number, number] {
  const [first = '', last = first] = (range.split('/')[0] ?? '').split('-')
  return [Number(first), Number(last)]
}

function wordFor(verb: 'add' | 'remove', ref: FirewallRef, port: string): string {
  return ref.from === null
    ? `--${verb}-port=${port}/${ref.protocol}`
    : `--${verb}-rich-rule=${ruleFor(ref, port)}`
}

/** In the form in which firewalld lists it again. */
function ruleFor({ from, protocol }: FirewallRef, port: string): string {
  return `rule family="${from?.family}" source address="${from?.text}" port port="${port}" protocol="${protocol}" accept`
}
