import { sh } from '../../host/command.ts'
import type { Answer, Hash, HostReader } from '../../host/host.ts'
import type { Reading } from '../../task/kind.ts'
import { entryIn, fstab, lineOf, plain } from './fstab.ts'
import { readPlaces, type NoFolder } from '../files/place.ts'
import { positionOf, readTexts, type Ending, type Position } from '../text/text-lines.ts'

export type MountRef = {
  readonly path: string
  /** Empty where anything that is mounted there is meant. */
  readonly source: string
  readonly fstype: string
  /** The source is a folder that is shown at another place. */
  readonly bind: boolean
}

export type MountState = {
  readonly is: 'mount'
  /** What fstab says of the path, with one blank between the fields: options may hold what is nobody's business. */
  readonly fstab: Hash | null
  /** `other` is something else that stands mounted there. */
  readonly mounted: 'yes' | 'no' | 'other'
  /** Of the options, those that show: `ro`, `noexec` … */
  readonly flags: readonly string[]
  readonly folder: boolean
  readonly hint?: MountHint
}

export type MountHint = Partial<NoFolder> & {
  /** The line as it stands, and where. */
  readonly line?: Hash
  readonly at?: Position
  /** fstab was not there, or its last line was not ended. */
  readonly noFstab?: true
  readonly end?: Ending
  /** What stands mounted there: a part of it is shown where it is bound. */
  readonly live?: {
    readonly source: string
    readonly type: string
    readonly options: string
    readonly whole: boolean
  }
}

/** A line of the kernel's table of mounts. */
interface Mounted {
  /** Whether all of the file system is shown, or only a part of it. */
  readonly whole: boolean
  readonly path: string
  readonly source: string
  readonly type: string
  readonly options: readonly string[]
}

/** Options that the kernel shows again as they were given. */
const shown = ['ro', 'nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'nosymfollow']
const mountTable = '/proc/self/mountinfo'

/** All mounts, their lines in fstab and the folders for them, in one round trip. */
export async function readMounts(
  host: HostReader,
  refs: readonly MountRef[],
): Promise<readonly Reading<MountState>[]> {
  const devices = [...new Set(refs.flatMap((ref) => deviceOf(ref.source) ?? []))]
  const binds = refs.filter(({ bind }) => bind).flatMap(({ path, source }) => [path, source])
  const [places, [text], [table], real, inodes] = await Promise.all([
    readPlaces(
      host,
      refs.map(({ path }) => path),
    ),
    readTexts(host, [fstab]),
    host.readFiles([mountTable]),
    devices.length === 0 ? undefined : host.query(sh`readlink -f -- ${devices}`, { ok: [0, 1] }),
    binds.length === 0 ? undefined : host.query(sh`stat -L -c ${'%d:%i %n'} -- ${binds}`, { ok: [0, 1] }),
  ])
  if (text instanceof Error) return refs.map(() => text)
  const mounts = mountsIn(table?.toString() ?? '')
  const realDevices = real?.stdout.split('\n') ?? []
  const same = sameFolders(inodes)
  return refs.map((ref, index) => {
    const found = mounts.findLast(({ path }) => path === ref.path)
    const device = deviceOf(ref.source)
    const target = device === undefined ? undefined : realDevices[devices.indexOf(device)]
    const isOurs =
      found !== undefined &&
      (ref.source === '' || (ref.bind ? same(ref.path, ref.source) : fits(ref, found, target)))
    const lines = text?.lines ?? []
    const at = lines.findIndex((line) => entryIn(line)?.path === ref.path)
    const line = lines[at]
    const entry = line === undefined ? undefined : entryIn(line)
    const place = places[index]
    const keep = (each: string) => host.keep(each)
    const hint: MountHint = {
      ...place?.hint,
      ...(line === undefined || text === undefined
        ? {}
        : { line: keep(line), at: positionOf(text, at, at + 1, keep) }),
      ...(text === undefined ? { noFstab: true } : text.ended ? {} : { end: { ended: false } }),
      ...(found === undefined ? {} : { live: liveOf(found) }),
    }
    return {
      is: 'mount',
      fstab: entry === undefined ? null : keep(lineOf(entry)),
      mounted: found === undefined ? 'no' : isOurs ? 'yes' : 'other',
      flags: found === undefined ? [] : flagsOf(found.options),
      folder: place?.stat.type !== 'absent',
      ...(Object.keys(hint).length === 0 ? {} : { hint }),
    }
  })
}

/** Of these options, those that the kernel shows again. */
export function flagsOf(options: readonly string[]): readonly string[] {
  return shown.filter((option) => options.includes(option))
}

/** What stands mounted below a path, from top to bottom. */
export async function mountsBelow(host: HostReader, path: string): Promise<readonly string[]> {
  const [table] = await host.readFiles([mountTable])
  const paths = mountsIn(table?.toString() ?? '').map((each) => each.path)
  return paths.filter((each) => each.startsWith(`${path}/`))
}

/** As `proc(5)` has them: the type and the source stand behind a dash, after a number of tags. */
function mountsIn(text: string): readonly Mounted[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [, , , root, path = '', options = ''] = before.split(' ')
    const [type = '', source = ''] = after.split(' ')
    return path === ''
      ? []
      : [{ path: plain(path), source: plain(source), type, options: options.split(','), whole: root === '/' }]
  })
}

function liveOf({ source, type, options, whole }: Mounted): NonNullable<MountHint['live']> {
  return { source, type, options: options.join(','), whole }
}

/** The device file that is meant, where it is one. */
function deviceOf(source: string): string | undefined {
  const [, tag = '', name = ''] = /^(UUID|LABEL|PARTUUID|PARTLABEL|ID)=(.*)$/.exec(source) ?? []
  if (tag !== '') return `/dev/disk/by-${tag.toLowerCase()}/${name.replaceAll('"', '')}`
  return source.startsWith('/dev/') ? source : undefined
}

function fits({ source, fstype }: MountRef, found: Mounted, target: string | undefined): boolean {
  if (fstype !== 'auto' && fstype !== found.type && !found.type.startsWith(fstype)) return false
  // Where no link leads to the device, as in a container, its type has to do.
  const known = target !== undefined && !target.startsWith('/dev/disk/')
  return known
    ? found.source === target || found.source === source
    : deviceOf(source) !== undefined || found.source === source
}

/** Whether two paths are one folder: then one is shown at the other. */
function sameFolders(answer: Answer | undefined): (a: string, b: string) => boolean {
  const lines = answer?.stdout.split('\n') ?? []
  const inodes = new Map(
    lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
  )
  return (a, b) => inodes.get(a) !== undefined && inodes.get(a) === inodes.get(b)
}
