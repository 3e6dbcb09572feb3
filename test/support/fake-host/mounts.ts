import { dirname, resolve } from 'node:path/posix'
import type { Answer } from '../../../lib/host/host.ts'
import { changer, options, reader, refused, said, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'
import { expanded } from './kernel.ts'

interface Mounted {
  /** What is shown of the file system: for a bind, the folder. */
  readonly root: string
  readonly path: string
  readonly options: readonly string[]
  readonly type: string
  readonly source: string
}

const table = '/proc/self/mountinfo'
const shown = ['ro', 'nosuid', 'nodev', 'noexec', 'noatime']
const opposites: Readonly<Record<string, string>> = {
  rw: 'ro',
  suid: 'nosuid',
  dev: 'nodev',
  exec: 'noexec',
  relatime: 'noatime',
}

/** The programs of the mount table, which stands where the kernel shows it, and those that look along links. */
export function mounts(files: FakeFiles): Programs {
  return ([program, ...rest]) => {
    const { values, flags, rest: words } = options(rest, ['-t', '-o', '-c', '-lname'])
    if (program === 'mount') {
      const given = values.get('-o')?.split(',') ?? []
      if (given.includes('remount')) return changer(() => remount(files, words[0] ?? '', given))
      if (words.length === 1) return changer(() => mountFromFstab(files, words[0] ?? ''))
      const [source = '', path = ''] = words
      return changer(() => mount(files, { source, path, type: values.get('-t') ?? 'auto', given }))
    }
    if (program === 'umount') return changer(() => unmount(files, words[0] ?? ''))
    if (program === 'readlink' && flags.has('-f'))
      return reader(() => said(words.map((path) => `${real(files, path)}\n`).join('')))
    if (program === 'stat' && flags.has('-L') && values.get('-c') === '%d:%i %n') {
      const there = words.filter((path) => files.get(path) !== undefined)
      return reader(() =>
        said(
          there.map((path) => `${inode(files, path)} ${path}\n`).join(''),
          there.length < words.length ? 1 : 0,
        ),
      )
    }
    if (program === 'find' && words.includes('(') && rest.includes('-lname'))
      return reader(() => linksTo(files, rest))
    return undefined
  }
}

function mountFromFstab(files: FakeFiles, path: string): Answer {
  const lines = (files.read('/etc/fstab') ?? '').split('\n').map((line) => line.split(/\s+/).map(plain))
  const found = lines.find((fields) => fields[1] === path)
  if (found === undefined) return refused(`mount: ${path}: can't find in /etc/fstab.`, 1)
  const [source = '', , type = '', given = 'defaults'] = found
  return mount(files, { source, path, type, given: given.split(',') })
}

function mount(
  files: FakeFiles,
  { source, path, type, given }: { source: string; path: string; type: string; given: readonly string[] },
): Answer {
  if (files.get(path) === undefined) return refused(`mount: ${path}: mount point does not exist.`, 32)
  const bind = given.includes('bind')
  const tag = /^UUID=(?<uuid>.*)$/.exec(source)?.groups?.['uuid']
  const device = real(files, tag === undefined ? source : `/dev/disk/by-uuid/${tag}`)
  const isFile = device.startsWith('/')
  if (isFile && files.get(device) === undefined)
    return refused(`mount: ${path}: special device ${source} does not exist.`, 32)
  const flags = shown.filter((flag) => given.includes(flag))
  const what = bind
    ? { root: source, source: '/dev/root', type: 'ext4' }
    : { root: '/', source: isFile ? device : source, type }
  write(files, [...mounted(files), { ...what, path, options: flags }])
  return said('')
}

function remount(files: FakeFiles, path: string, given: readonly string[]): Answer {
  if (!mounted(files).some((each) => each.path === path))
    return refused(`mount: ${path}: mount point not mounted.`, 32)
  const gone = given.flatMap((option) => opposites[option] ?? [])
  const anew = (before: readonly string[]) =>
    shown.filter((flag) => (before.includes(flag) && !gone.includes(flag)) || given.includes(flag))
  write(
    files,
    mounted(files).map((each) => (each.path === path ? { ...each, options: anew(each.options) } : each)),
  )
  return said('')
}

function unmount(files: FakeFiles, path: string): Answer {
  const all = mounted(files)
  const index = all.findLastIndex((each) => each.path === path)
  if (index < 0) return refused(`umount: ${path}: not mounted.`, 32)
  const below = all.some((each) => each.path.startsWith(`${path}/`))
  const links = files.paths().filter((each) => /^\/proc\/\d+\//.test(each))
  const held = links.some((link) => {
    const entry = files.get(link)
    return entry?.type === 'link' && `${entry.target}/`.startsWith(`${path}/`)
  })
  if (below || held) return refused(`umount: ${path}: target is busy.`, 32)
  write(files, all.toSpliced(index, 1))
  return said('')
}

function linksTo(files: FakeFiles, words: readonly string[]): Answer {
  const places = words.filter((word) => word.startsWith('/proc/')).flatMap((word) => expanded(files, word))
  const targets = words.flatMap((word, index) => (word === '-lname' ? [words[index + 1] ?? ''] : []))
  const fits = (target: string) =>
    targets.some((each) => (each.endsWith('/*') ? target.startsWith(each.slice(0, -1)) : target === each))
  const links = places.flatMap((place) => [place, ...files.children(place)])
  const found = links.filter((path) => {
    const entry = files.get(path)
    return entry?.type === 'link' && fits(entry.target)
  })
  return said(found.map((path) => `${path}\n`).join(''))
}

function real(files: FakeFiles, path: string): string {
  const entry = path.startsWith('/') ? files.get(path) : undefined
  return entry?.type === 'link' ? real(files, resolve(dirname(path), entry.target)) : path
}

/** A folder that is shown at another place is the same one. */
function inode(files: FakeFiles, path: string): string {
  const found = mounted(files).findLast((each) => each.path === path)
  if (found === undefined) return `1:${path.replaceAll(/\s/g, '_')}`
  return found.root === '/' ? `2:${found.source}` : inode(files, found.root)
}

function mounted(files: FakeFiles): readonly Mounted[] {
  const lines = (files.read(table) ?? '').split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const [, , , root = '', path = '', flags = '', , type = '', source = ''] = line.split(' ').map(plain)
    return { root, path, options: flags.split(',').filter((flag) => flag !== 'rw'), type, source }
  })
}

function write(files: FakeFiles, all: readonly Mounted[]): void {
  const lines = all.map(({ root, path, options: flags, type, source }, index) => {
    const shownFlags = flags.includes('ro') ? flags : ['rw', ...flags]
    const fields = [escaped(root), escaped(path), shownFlags.join(','), '-', type, escaped(source), 'rw']
    return `${index + 20} 1 0:${index + 20} ${fields.join(' ')}\n`
  })
  files.write(table, lines.join(''))
}

function plain(field: string): string {
  return field.replaceAll(String.raw`\040`, ' ')
}

function escaped(field: string): string {
  return field.replaceAll(' ', String.raw`\040`)
}
