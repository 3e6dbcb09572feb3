import { addressesIn } from '../../lib/host/facts/addresses.ts'
import { parseOsRelease } from '../../lib/host/facts/os.ts'
import { sectionsOf } from '../../lib/host/facts/sections.ts'
import type { Survey } from './survey.ts'
import { disksIn, linksIn, resolvConfIn, routesIn, socketsIn } from './survey-parts.ts'

/** Reads what the script prints; `before` and `after` are the times here around it, in milliseconds. */
export function parseSurvey(
  text: string,
  { before, after }: { readonly before: number; readonly after: number },
  paths: readonly string[],
): Omit<Survey, 'modules' | 'installation'> {
  const sections = sectionsOf(text)
  const of = (name: string) => sections.get(name) ?? ''
  const lines = (name: string) => of(name).split('\n').filter(Boolean)
  const firstWords = (name: string) => new Set(lines(name).map((line) => line.split(/\s+/)[0] ?? ''))
  const [release = '', machine = ''] = of('kernel').trim().split(' ')
  const units = { running: firstWords('running'), enabled: firstWords('enabled') }
  const [began, ended] = [Number(of('began')), Number(of('ended'))]
  return {
    os: of('os') === '' ? undefined : parseOsRelease(of('os')),
    kernel: { release, machine },
    cpus: Number(of('cpus')),
    memoryKb: Number(/^MemTotal:\s*(\d+)/m.exec(of('memory'))?.[1] ?? 0),
    swap: {
      live: lines('swaps')
        .slice(1)
        .map((line) => line.split(/\s+/)[0] ?? ''),
      atBoot: lines('fstab').flatMap((line) => {
        const [source = '', , type] = line.trim().split(/\s+/)
        return type === 'swap' && !source.startsWith('#') ? [source] : []
      }),
    },
    disks: disksIn(paths, lines('disks'), lines('inodes')),
    cgroup: of('cgroup').startsWith('v2') ? 'v2' : 'v1',
    hostname: of('hostname').trim(),
    resolved: [...new Set(lines('resolved').map((line) => line.split(/\s+/)[0] ?? ''))],
    machineId: of('machine-id').trim(),
    addresses: addressesIn(of('addresses')),
    links: linksIn(of('links')),
    routes: routesIn(of('routes')),
    units,
    sockets: socketsIn(of('sockets')),
    resolver: resolvConfIn(of('resolv'), of('upstream'), lines('servers')),
    selinux: of('selinux') === '' ? 'disabled' : of('selinux').trim() === '1' ? 'enforcing' : 'permissive',
    firewall: firewallOf(units, of('ufw'), of('filters')),
    commands: new Set(lines('commands')),
    loadable: new Set(lines('loadable')),
    // A clock is read in whole seconds.
    ahead: { least: ended - after / 1000, most: began + 1 - before / 1000 },
  }
}

function firewallOf({ running, enabled }: Survey['units'], ufw: string, filters: string): Survey['firewall'] {
  if (running.has('firewalld.service')) return 'firewalld'
  if (/^ENABLED=["']?yes/im.test(ufw)) return 'ufw'
  // What nobody loads at boot, nobody can be told to open.
  const isLoaded = running.has('nftables.service') || enabled.has('nftables.service')
  if (/policy drop/.test(filters) && isLoaded) return 'nftables'
  return /policy drop|^-P INPUT DROP|^-A INPUT -j (?:DROP|REJECT)/m.test(filters)
    ? 'rules of its own'
    : undefined
}
