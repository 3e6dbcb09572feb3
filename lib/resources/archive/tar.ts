import { sh } from '../../host/command.ts'
import type { Host } from '../../host/host.ts'
import { TaskFailed } from '../../task/outcome.ts'

export type Format = 'tar' | 'tgz' | 'tar.xz' | 'tar.zst'

/** How an archive is unpacked. */
export type Unpacking = {
  readonly source: string
  readonly format: Format
  readonly strip: number
  readonly only: readonly string[]
}

const flags: Readonly<Record<Format, string>> = { tar: '', tgz: '-z', 'tar.xz': '-J', 'tar.zst': '--zstd' }
const endings: readonly (readonly [RegExp, Format])[] = [
  [/\.tar$/, 'tar'],
  [/\.(tgz|tar\.gz)$/, 'tgz'],
  [/\.(txz|tar\.xz)$/, 'tar.xz'],
  [/\.tar\.zst$/, 'tar.zst'],
]
const listMs = 10 * 60_000

export function formatOf(source: string): Format {
  const found = endings.find(([ending]) => ending.test(source))
  if (found !== undefined) return found[1]
  throw new TypeError(
    `The name ${source} does not tell what kind of archive it is (.tar, .tgz, .tar.gz, .tar.xz, .tar.zst); give a format.`,
  )
}

/** Unpacks into an empty folder; an archive that would write outside of it is refused before anything is unpacked. */
export async function extract(host: Host, unpacking: Unpacking, folder: string, job: string): Promise<void> {
  const { source, format, strip, only } = unpacking
  const flag = flags[format] === '' ? [] : [flags[format]]
  const { stdout } = await host.query(sh`tar -t ${flag} -f ${source}`, { timeoutMs: listMs })
  refuse(
    source,
    stdout.split('\n').filter((name) => name !== ''),
  )
  const options = [...flag, ...(strip > 0 ? [`--strip-components=${strip}`] : [])]
  await host.exec(sh`tar -x ${options} -p -o -f ${source} -C ${folder} -- ${only}`, { job })
}

/** A member may neither stand outside the folder nor in a folder that is a link. */
function refuse(source: string, names: readonly string[]): void {
  const plain = new Set(names.filter((name) => !name.endsWith('/')).map(withoutDot))
  const leaving = names.find((name) => {
    const parts = name.split('/')
    const above = parts.map((_, index) => withoutDot(parts.slice(0, index).join('/'))).slice(1)
    return name.startsWith('/') || parts.includes('..') || above.some((folder) => plain.has(folder))
  })
  if (leaving === undefined) return
  throw new TaskFailed(`The archive ${source} holds ${JSON.stringify(leaving)}, which leaves the folder.`, {
    advice: 'Nothing was unpacked. Look where the archive comes from; a sound one has relative names only.',
  })
}

function withoutDot(name: string): string {
  return name.replace(/^(\.\/)+/, '')
}
