import { addressesIn, type Interface } from './addresses.ts'
import { parseOsRelease, type Os } from './os.ts'
import { sectionsOf } from './sections.ts'

/** What one wants to know first of a host. */
export interface Overview {
  readonly hostname: string
  /** Undefined where there is no os-release. */
  readonly os: Os | undefined
  readonly kernel: string
  readonly machine: string
  readonly cpus: number
  readonly memoryMb: number
  readonly uptimeSeconds: number
  readonly disks: readonly MountedDisk[]
  /** Those that others may reach it by. */
  readonly addresses: readonly Interface[]
  /** Undefined where no systemd is at work. */
  readonly units: { readonly running: number; readonly failed: readonly string[] } | undefined
}

export interface MountedDisk {
  readonly device: string
  readonly mount: string
  readonly sizeMb: number
  readonly freeMb: number
}

/** All of it, section by section, in one command; what a host does not have leaves its section empty. */
export const overviewScript = `export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
section() { printf '\\036%s\\n' "$1"; }
section hostname; cat /proc/sys/kernel/hostname
section os; cat /etc/os-release 2>/dev/null
section kernel; uname -rm
section cpus; nproc 2>/dev/null || grep -c '^processor' /proc/cpuinfo
section memory; grep MemTotal /proc/meminfo
section uptime; cat /proc/uptime
section disks; df -Pk 2>/dev/null
section addresses; ip -o addr show 2>/dev/null
section running; systemctl list-units --plain --no-legend --state=running --type=service 2>/dev/null
section failed; systemctl list-units --plain --no-legend --state=failed 2>/dev/null
section systemd; [ -d /run/systemd/system ] && echo yes
exit 0
`

export function parseOverview(text: string): Overview {
  const sections = sectionsOf(text)
  const of = (name: string) => (sections.get(name) ?? '').trim()
  const firstWords = (name: string) =>
    of(name)
      .split('\n')
      .flatMap((line) => line.split(/\s+/)[0] || [])
  const [kernel = '', machine = ''] = of('kernel').split(' ')
  return {
    hostname: of('hostname'),
    os: of('os') === '' ? undefined : parseOsRelease(of('os')),
    kernel,
    machine,
    cpus: Number(of('cpus')),
    memoryMb: Math.round(Number(/^MemTotal:\s*(\d+)/.exec(of('memory'))?.[1] ?? 0) / 1024),
    uptimeSeconds: Math.floor(Number(of('uptime').split(' ')[0])),
    disks: disksIn(of('disks')),
    addresses: addressesIn(of('addresses')).filter(({ global }) => global),
    units:
      of('systemd') === ''
        ? undefined
        : { running: firstWords('running').length, failed: firstWords('failed') },
  }
}

/** What `df -Pk` tells of devices, and of what the root stands on; the rest the kernel makes up. */
function disksIn(text: string): readonly MountedDisk[] {
  const mb = (kb = '') => Math.round(Number(kb) / 1024)
  return [...text.matchAll(/^(\S+)\s+(\d+)\s+\d+\s+(\d+)\s+\S+\s+(.+)$/gm)]
    .map(([, device = '', size, free, mount = '']) => ({ device, mount, sizeMb: mb(size), freeMb: mb(free) }))
    .filter(({ device, mount }) => device.startsWith('/') || mount === '/')
}
