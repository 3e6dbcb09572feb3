import { basename, dirname } from 'node:path/posix'
import type { HostReader } from '../../host/host.ts'

/** One line of the files by which settings of the kernel are set at boot. */
export interface Assignment {
  readonly path: string
  /** The whole line, as it stands. */
  readonly line: string
  readonly key: string
  readonly value: string
}

/** A file in an earlier one of these stands for all of its name. */
const folders = [
  '/etc/sysctl.d',
  '/run/sysctl.d',
  '/usr/local/lib/sysctl.d',
  '/usr/lib/sysctl.d',
  '/lib/sysctl.d',
]
const allFiles = folders.map((folder) => `${folder}/*.conf`).join(' ')

/** What is set at boot, in the order in which it is: by the names of the files, whatever their folder. */
export async function readAssignments(host: HostReader): Promise<readonly Assignment[]> {
  // Where no file is found, or nothing stands in them, is an answer.
  const { stdout } = await host.query({ text: `grep -sH '' -- ${allFiles}` }, { ok: [0, 1, 2] })
  const all = stdout.split('\n').flatMap((text) => assignmentIn(text))
  const standing = new Map<string, string>()
  for (const { path } of all) {
    const other = standing.get(basename(path))
    if (other === undefined || rank(path) < rank(other)) standing.set(basename(path), path)
  }
  const effective = all.filter(({ path }) => standing.get(basename(path)) === path)
  // The sort is stable: within a file the last line wins.
  return effective.toSorted((a, b) => compare(basename(a.path), basename(b.path)))
}

/** What a line sets; undefined for a comment, a blank line, and one that only names a key. */
export function assigned(line: string): { readonly key: string; readonly value: string } | undefined {
  const parts = /^\s*-?\s*(?<key>[^#;\s=][^\s=]*)\s*=(?<value>.*)$/.exec(line)?.groups
  return parts === undefined
    ? undefined
    : { key: plainKey(parts['key'] ?? ''), value: plainValue(parts['value'] ?? '') }
}

/** The one spelling of a key: dots between its parts. `net/ipv4/ip_forward` is `net.ipv4.ip_forward`. */
export function plainKey(key: string): string {
  return swapped(kernelPath(key).slice('/proc/sys/'.length))
}

/** Where the kernel shows a setting; in a key with dots, a slash stands for a dot: `net.ipv4.conf.eth0/100.rp_filter`. */
export function kernelPath(key: string): string {
  const withSlashes = /[./]/.exec(key)?.[0] === '/'
  return `/proc/sys/${withSlashes ? key : swapped(key)}`
}

/** Values are compared by their words: the kernel puts tabs between them. */
export function plainValue(value: string): string {
  return value.trim().split(/\s+/).join(' ')
}

function assignmentIn(text: string): Assignment[] {
  const at = text.indexOf(':')
  const line = text.slice(at + 1)
  const found = assigned(line)
  return found === undefined ? [] : [{ path: text.slice(0, at), line, ...found }]
}

function swapped(key: string): string {
  return key.replaceAll(/[./]/g, (each) => (each === '.' ? '/' : '.'))
}

function rank(path: string): number {
  return folders.indexOf(dirname(path))
}

/** As the C locale sorts, in which systemd does. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
