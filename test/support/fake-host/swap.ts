import type { Answer } from '../../../lib/host/host.ts'
import { changer, options, reader, refused, said, type Program, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'

interface Swap {
  readonly path: string
  readonly priority: number
}

const table = '/proc/swaps'
const heading = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'
const megabyte = 1024 * 1024

/** The programs of swap; a file that dd made holds what it is and its size in words. */
export function swaps(files: FakeFiles): Programs {
  return ([program = '', ...rest]) => {
    const { values, rest: words } = options(rest, program === 'swapon' ? ['-p'] : ['-c', '-s'])
    const given = Object.fromEntries(words.map((word) => word.split('=')))
    const [first = '', second = ''] = words
    const programs: Readonly<Record<string, () => Program | undefined>> = {
      swapon: () => changer(() => swapOn(files, first, values.get('-p'))),
      swapoff: () => changer(() => swapOff(files, words)),
      dd: () => changer(() => (files.write(given['of'] ?? '', `zeros ${given['count']}`), said(''))),
      mkswap: () =>
        changer(async ({ step }) => {
          await step('mkswap')
          files.write(first, `swap ${sizeOf(files, first) / megabyte}`)
          return said('')
        }),
      chmod: () => changer(() => (files.chmod(second, { mode: Number.parseInt(first, 8) }), said(''))),
      mv: () =>
        changer(async ({ step }) => {
          await step('mv')
          const entry = files.get(first)
          if (entry === undefined) return refused(`mv: cannot stat '${first}'`)
          files.put(second, entry)
          files.remove(first)
          return said('')
        }),
      rm: () => changer(() => (words.forEach((path) => files.remove(path)), said(''))),
      stat: () => {
        if (values.get('-c') !== '%s %n') return undefined
        const there = words.filter((path) => files.get(path) !== undefined)
        const lines = there.map((path) => `${sizeOf(files, path)} ${path}\n`)
        return reader(() => said(lines.join(''), there.length < words.length ? 1 : 0))
      },
      blkid: () => {
        const found = words.filter((path) => files.read(path)?.startsWith('swap '))
        return reader(() =>
          said(found.map((path) => `${path}: TYPE="swap"\n`).join(''), found.length > 0 ? 0 : 2),
        )
      },
    }
    return Object.hasOwn(programs, program) ? programs[program]?.() : undefined
  }
}

/** Turns swap on as a boot would have done. */
export function swapOn(files: FakeFiles, path: string, priority = '-2'): Answer {
  const entry = files.get(path)
  if (entry === undefined) return refused(`swapon: cannot open ${path}: No such file or directory`, 255)
  const content = files.read(path) ?? ''
  if (content.startsWith('zeros')) return refused(`swapon: ${path}: read swap header failed`, 255)
  if (on(files).some((each) => each.path === path))
    return refused(`swapon: ${path}: Device or resource busy`, 255)
  write(files, [...on(files), { path, priority: Number(priority) }])
  return said('')
}

function swapOff(files: FakeFiles, paths: readonly string[]): Answer {
  const missing = paths.find((path) => !on(files).some((each) => each.path === path))
  if (missing !== undefined) return refused(`swapoff: ${missing}: swapoff failed: Invalid argument`, 4)
  write(
    files,
    on(files).filter(({ path }) => !paths.includes(path)),
  )
  return said('')
}

function on(files: FakeFiles): readonly Swap[] {
  const lines = (files.read(table) ?? '')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
  return lines.map((line) => {
    const fields = line.split(/\s+/)
    return { path: fields[0] ?? '', priority: Number(fields[4]) }
  })
}

function write(files: FakeFiles, all: readonly Swap[]): void {
  const lines = all.map(({ path, priority }) => `${path}\tpartition\t1000\t\t0\t\t${priority}\n`)
  files.write(table, heading + lines.join(''))
}

function sizeOf(files: FakeFiles, path: string): number {
  const words = /^(?:zeros|swap) (?<size>\d+)$/.exec(files.read(path) ?? '')?.groups
  return words === undefined ? (files.bytes(path)?.length ?? 0) : Number(words['size']) * megabyte
}
