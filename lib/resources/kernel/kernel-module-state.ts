import { bootIdPath } from '../../host/boot.ts'
import { noProgram, sh } from '../../host/command.ts'
import type { Hash, HostReader } from '../../host/host.ts'
import type { Reading } from '../../task/kind.ts'

export type ModuleRef = {
  readonly name: string
  /** Parameters as they are wanted, so that it can be told which are not so. */
  readonly options: Readonly<Record<string, string>>
  /** The file that holds its options, or keeps it from being loaded, is claimed. */
  readonly configured: boolean
}

export type ModuleState = {
  readonly is: 'module'
  /** `in use` is loaded as well, and cannot be unloaded. */
  readonly loaded: 'yes' | 'in use' | 'built in' | 'no'
  /** The file that has it loaded at boot. */
  readonly boot: Hash | null
  /** The file for modprobe; left out where nothing is claimed of it. */
  readonly options?: Hash | null
  /** Parameters of the loaded module that are not as wanted. */
  readonly stale: readonly string[]
  readonly hint?: Hint
}

type Hint = {
  /** What the stale ones are. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Modules that were loaded and used by nobody: unloading another one may take them along. */
  readonly idle?: readonly string[]
  /** The boot of which that is true. */
  readonly boot?: string
}

export interface Loaded {
  readonly users: number
  readonly by: string
}

/** What shows that a module is at work where neither the kernel's lists nor its configuration can be read. */
const traces: Readonly<Record<string, string>> = {
  br_netfilter: '/proc/sys/net/bridge',
  nf_conntrack: '/proc/sys/net/netfilter/nf_conntrack_max',
  ip_vs: '/proc/net/ip_vs',
  ip_tables: '/proc/net/ip_tables_names',
  ip6_tables: '/proc/net/ip6_tables_names',
}

/** Options of the kernel that are not named as their module. */
const named: Readonly<Record<string, string>> = {
  br_netfilter: 'BRIDGE_NETFILTER',
  dm_thin_pool: 'DM_THIN_PROVISIONING',
  ext4: 'EXT4_FS',
  fuse: 'FUSE_FS',
  ip6_tables: 'IP6_NF_IPTABLES',
  ip6table_filter: 'IP6_NF_FILTER',
  ip_tables: 'IP_NF_IPTABLES',
  iptable_filter: 'IP_NF_FILTER',
  iptable_mangle: 'IP_NF_MANGLE',
  iptable_nat: 'IP_NF_NAT',
  loop: 'BLK_DEV_LOOP',
  nbd: 'BLK_DEV_NBD',
  nfs: 'NFS_FS',
  overlay: 'OVERLAY_FS',
  rbd: 'BLK_DEV_RBD',
  xfs: 'XFS_FS',
}

export function bootFile(name: string): string {
  return `/etc/modules-load.d/troupe-${name}.conf`
}

export function optionsFile(name: string): string {
  return `/etc/modprobe.d/troupe-${name}.conf`
}

export function parameterFile(name: string, parameter: string): string {
  return `/sys/module/${name}/parameters/${parameter}`
}

/** All modules in one round trip; those that are not loaded cost another, to tell whether they are built in. */
export async function readModules(
  host: HostReader,
  refs: readonly ModuleRef[],
): Promise<readonly Reading<ModuleState>[]> {
  const paths = refs.flatMap(({ name }) => [
    bootFile(name),
    optionsFile(name),
    `/sys/module/${name}`,
    traces[name] ?? `/sys/module/${name}`,
  ])
  const [stats, [modules, filesystems, release, id], parameters] = await Promise.all([
    host.stat(paths),
    host.readFiles(['/proc/modules', '/proc/filesystems', '/proc/sys/kernel/osrelease', bootIdPath]),
    readParameters(host, refs),
  ])
  const loaded = loadedIn(modules?.toString() ?? '')
  const mounts = (filesystems?.toString() ?? '').split(/\s+/)
  const shows = ({ name }: ModuleRef, index: number) =>
    mounts.includes(name) || stats.slice(index * 4 + 2, index * 4 + 4).some(({ type }) => type !== 'absent')
  const unsettled = refs.filter((ref, index) => !loaded.has(ref.name) && !shows(ref, index))
  const builtIn = await builtInAmong(host, unsettled, release?.toString().trim() ?? '')
  const idle = [...loaded].flatMap(([name, { users }]) => (users === 0 ? [name] : []))
  const before = { idle, boot: id?.toString().trim() ?? '' }
  return refs.map((ref, index) => {
    const { name, options, configured } = ref
    const [boot, conf] = stats.slice(index * 4)
    const found = loaded.get(name)
    const standing = found !== undefined ? (found.users > 0 ? 'in use' : 'yes') : undefined
    const inKernel = builtIn.has(name) || !unsettled.includes(ref)
    const state = standing ?? (inKernel ? 'built in' : 'no')
    const wrong = Object.keys(options).filter((key) => {
      const live = parameters.get(parameterFile(name, key))
      return live !== undefined && plain(live) !== plain(options[key] ?? '')
    })
    const was = wrong.map((key) => [key, parameters.get(parameterFile(name, key)) ?? ''])
    return {
      is: 'module',
      loaded: state,
      boot: boot?.type === 'file' ? boot.hash : null,
      ...(configured ? { options: conf?.type === 'file' ? conf.hash : null } : {}),
      stale: wrong,
      ...(wrong.length > 0 ? { hint: { parameters: Object.fromEntries(was) } } : {}),
      ...(state === 'no' && idle.length > 0 ? { hint: before } : {}),
    }
  })
}

/** The loaded modules by name, as `/proc/modules` has them. */
export function loadedIn(text: string): ReadonlyMap<string, Loaded> {
  const lines = text.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const [name = '', , users = '0', by = '-'] = line.split(' ')
      return [name, { users: Number(users), by: by.replace(/,$/, '') }]
    }),
  )
}

/** Parameters with two values are shown as Y and N, and given as 1 and 0 as well. */
export function plain(value: string): string {
  const text = value.trim()
  return text === 'Y' || text === 'y' ? '1' : text === 'N' || text === 'n' ? '0' : text
}

async function readParameters(
  host: HostReader,
  refs: readonly ModuleRef[],
): Promise<ReadonlyMap<string, string>> {
  const paths = refs.flatMap(({ name, options }) =>
    Object.keys(options).map((key) => parameterFile(name, key)),
  )
  if (paths.length === 0) return new Map()
  const { stdout } = await host.query(sh`grep -sH ${''} -- ${paths}`, { ok: [0, 1, 2] })
  const lines = stdout.split('\n').filter((line) => line !== '')
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}

/** As zgrep, with a tenth of its processes; what is not packed passes as it is. */
export const grepPacked = 'gzip -cdfq "$@" 2>/dev/null | grep -E "$0"'

/** By the list that comes with the modules, or by the configuration that the kernel was built with. */
async function builtInAmong(
  host: HostReader,
  refs: readonly ModuleRef[],
  release: string,
): Promise<ReadonlySet<string>> {
  if (refs.length === 0) return new Set()
  const names = refs.map(({ name }) => name)
  const files = `/(${names.map((name) => name.replaceAll('_', '[-_]')).join('|')})\\.ko`
  const options = `^CONFIG_(${names.map(optionOf).join('|')})=y`
  // A list that is not there, and one in which nothing stands, are answers.
  const maybe = { ok: [0, 1, 2, noProgram] }
  const [list, configuration] = await Promise.all([
    host.query(sh`grep -shE ${files} /lib/modules/${release}/modules.builtin`, maybe),
    host.query(sh`sh -c ${grepPacked} ${options} /proc/config.gz /boot/config-${release}`, maybe),
  ])
  const listed = list.stdout.split('\n').map((line) => /(?<name>[^/]+)\.ko/.exec(line)?.groups?.['name'])
  const inList = names.filter((name) => listed.some((each) => each?.replaceAll('-', '_') === name))
  const set = configuration.stdout.split('\n')
  const inConfiguration = names.filter((name) => set.includes(`CONFIG_${optionOf(name)}=y`))
  return new Set([...inList, ...inConfiguration])
}

function optionOf(name: string): string {
  return named[name] ?? name.toUpperCase()
}
