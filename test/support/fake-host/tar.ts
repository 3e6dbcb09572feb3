import { dirname, join } from 'node:path/posix'
import { gunzipSync } from 'node:zlib'
import { changer, options, reader, refused, said, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'

/** A member of an archive as tar writes it. */
interface Member {
  readonly name: string
  readonly type: 'file' | 'directory' | 'link'
  readonly mode: number
  readonly target: string
  readonly bytes: Buffer
}

const block = 512
const types: Readonly<Record<string, Member['type']>> = { '0': 'file', '5': 'directory', '2': 'link' }

/** `tar -t` and `tar -x` of plain and gzipped archives; what it unpacks belongs to root. */
export function tarProgram(files: FakeFiles): Programs {
  return ([program, ...words]) => {
    if (program !== 'tar') return undefined
    const { values, flags, rest } = options(words, ['-f', '-C'])
    const members = () => {
      const bytes = files.bytes(values.get('-f') ?? '')
      return bytes === undefined ? undefined : membersOf(flags.has('-z') ? gunzipSync(bytes) : bytes)
    }
    const missing = refused(`tar: ${values.get('-f')}: Cannot open: No such file or directory`, 2)
    if (flags.has('-t')) {
      return reader(() => {
        const found = members()
        return found === undefined ? missing : said(found.map(({ name }) => `${name}\n`).join(''))
      })
    }
    return changer(() => {
      const found = members()
      if (found === undefined) return missing
      const strip = Number(values.get('--strip-components') ?? 0)
      for (const member of found) {
        if (rest.length > 0 && !rest.some((only) => `${member.name}/`.startsWith(`${only}/`))) continue
        const name = member.name.split('/').slice(strip).join('/')
        if (name !== '') put(files, join(values.get('-C') ?? '/', name).replace(/\/$/, ''), member)
      }
      return said('')
    })
  }
}

function put(files: FakeFiles, path: string, { type, mode, target, bytes }: Member): void {
  const own = { mode, owner: 'root', group: 'root' } as const
  files.mkdir(dirname(path))
  if (type === 'link') files.put(path, { type, target })
  else if (type === 'directory') files.put(path, { type, ...own })
  else files.put(path, { type, bytes, ...own })
}

function membersOf(bytes: Buffer): readonly Member[] {
  const members: Member[] = []
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0;) {
    const text = (start: number, length: number) =>
      bytes.toString('latin1', at + start, at + start + length).replace(/\0.*$/s, '')
    const size = Number.parseInt(text(124, 12), 8)
    const type = types[text(156, 1)]
    if (type === undefined) throw new TypeError(`The fake tar knows no member of type ${text(156, 1)}.`)
    const content = bytes.subarray(at + block, at + block + size)
    const mode = Number.parseInt(text(100, 8), 8) & 0o7777
    members.push({ name: text(0, 100), type, mode, target: text(157, 100), bytes: content })
    at += block + Math.ceil(size / block) * block
  }
  return members
}
