import { gunzipSync } from 'node:zlib'
import { grepPacked } from '../../../lib/resources/kernel/kernel-module-state.ts'
import { changer, options, reader, refused, said, type Call, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'

/** The few programs that read and write single files; what the kernel shows stands in files as well. */
export function filters(files: FakeFiles): Programs {
  return ([program, ...rest]) => {
    const { flags, rest: words } = options(rest, [])
    if (program === 'grep' && words[0] === '' && flags.has('-sH')) {
      return reader(() => {
        const paths = words.slice(1).flatMap((word) => expanded(files, word))
        const found = paths.flatMap((path) => linesOf(files.read(path)).map((line) => `${path}:${line}\n`))
        const missing = paths.some((path) => files.read(path) === undefined)
        return said(found.join(''), missing ? 2 : found.length > 0 ? 0 : 1)
      })
    }
    const isPacked = program === 'sh' && rest[1] === grepPacked
    if (isPacked || (program === 'grep' && flags.has('-shE'))) {
      const [pattern = '', ...paths] = isPacked ? rest.slice(2) : words
      return reader(() => {
        const lines = paths.flatMap((path) => linesOf(unpacked(files.bytes(path))))
        const found = lines.filter((line) => new RegExp(pattern).test(line))
        return said(found.map((line) => `${line}\n`).join(''), found.length > 0 ? 0 : 1)
      })
    }
    if (program === 'ls') {
      const [folder = ''] = words
      if (files.get(folder)?.type !== 'directory')
        return reader(() => refused(`ls: cannot access '${folder}'`, 2))
      return reader(() =>
        said(
          files
            .children(folder)
            .map((path) => `${path.slice(folder.length + 1)}\n`)
            .join(''),
        ),
      )
    }
    if (program === 'tee') return changer((call) => tee(files, words[0] ?? '', call))
    return undefined
  }
}

/** A pattern that nothing fits stands for itself, as in a shell. */
export function expanded(files: FakeFiles, word: string): readonly string[] {
  if (!word.includes('*')) return [word]
  const pattern = new RegExp(`^${word.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*')}$`)
  const found = files.paths().filter((path) => pattern.test(path))
  return found.length === 0 ? [word] : found
}

/** A file without leave to write is a setting that the kernel does not take; between words it puts tabs. */
function tee(files: FakeFiles, path: string, { stdin }: Call): ReturnType<typeof said> {
  const there = files.get(path)
  if (there?.type !== 'file') return refused(`tee: ${path}: No such file or directory`)
  if ((there.mode & 0o222) === 0) return refused(`tee: ${path}: Invalid argument`)
  files.write(path, `${stdin.trim().split(/\s+/).join('\t')}\n`)
  return said(stdin)
}

function unpacked(bytes: Buffer | undefined): string | undefined {
  return (bytes?.[0] === 0x1f ? gunzipSync(bytes) : bytes)?.toString()
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
