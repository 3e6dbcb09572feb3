import { dirname } from 'node:path/posix'
import { sh } from '../../host/command.ts'
import type { Attributes, Hash, Host } from '../../host/host.ts'
import { isRecord, isString, parseMemory } from '../../host/our-memory.ts'
import { privateFile, systemFolder } from '../../host/root-owned.ts'
import { ourPaths } from '../../host/paths.ts'

interface Kept extends Attributes {
  readonly path: string
  readonly hash: Hash
}

const format = '${Conffiles}\\n'

/**
 * Purges packages, but for the configuration that is not as it was shipped: that is somebody's. It is kept aside
 * before and put back after, so that being killed in between loses nothing.
 */
export async function keepingEdited(
  host: Host,
  on: string,
  names: readonly string[],
  purge: () => Promise<void>,
): Promise<void> {
  if (names.length === 0) return
  const list = `${ourPaths.packages}/${on}.kept`
  const [earlier] = await host.readFiles([list])
  const known = earlier === undefined ? [] : parseMemory(host.name, list, earlier, isKeptList)
  const edited = await editedConffiles(host, names)
  const kept = [...known.filter(({ path }) => !edited.some((each) => each.path === path)), ...edited]
  if (kept.length > 0) {
    await Promise.all(edited.map(({ hash, path }) => host.preserve(hash, { path })))
    await host.writeFile(list, host.keep(JSON.stringify(kept)), privateFile)
  }
  await purge()
  for (const file of kept) await putBack(host, file)
  if (kept.length > 0) await host.remove(list)
}

function isKeptList(value: unknown): value is readonly Kept[] {
  return (
    Array.isArray(value) &&
    value.every(
      (kept) => isRecord(kept) && ['path', 'hash', 'owner', 'group'].every((field) => isString(kept[field])),
    )
  )
}

/** Configuration files that stand there with other content than their package brought. */
async function editedConffiles(host: Host, names: readonly string[]): Promise<readonly Kept[]> {
  const shipped = await shippedSums(host, names)
  if (shipped.size === 0) return []
  const paths = [...shipped.keys()]
  const [sums, stats] = await Promise.all([
    host.query(sh`md5sum -- ${paths}`, { ok: [0, 1] }),
    host.stat(paths),
  ])
  const now = sumsByPath(sums.stdout)
  return paths.flatMap((path, index) => {
    const stat = stats[index]
    if (stat?.type !== 'file' || now.get(path) === shipped.get(path)) return []
    const { hash, mode, owner, group } = stat
    return [{ path, hash, mode, owner, group }]
  })
}

/** The sums that packages brought, by path: those that dpkg knows, and those that a package handed to ucf. */
async function shippedSums(host: Host, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const [{ stdout }, [registry, hashes]] = await Promise.all([
    host.query(sh`dpkg-query -W -f ${format} ${names}`, { ok: [0, 1] }),
    host.readFiles(['/var/lib/ucf/registry', '/var/lib/ucf/hashfile']),
  ])
  const ofDpkg = [...stdout.matchAll(/^ (?<path>\/.*?) (?<sum>[0-9a-f]{32})\b/gm)]
  const known = sumsByPath(hashes?.toString() ?? '')
  const ofUcf = (registry?.toString() ?? '').split('\n').map((line) => line.split(/\s+/))
  return new Map([
    ...ofDpkg.map(({ groups }): [string, string] => [groups?.['path'] ?? '', groups?.['sum'] ?? '']),
    ...ofUcf
      .filter(([name = '']) => names.includes(name))
      .map(([, path = '']): [string, string] => [path, known.get(path) ?? '']),
  ])
}

/** As md5sum writes them: a sum, two characters, a path. */
function sumsByPath(text: string): ReadonlyMap<string, string> {
  return new Map(text.split('\n').map((line) => [line.slice(34), line.slice(0, 32)]))
}

async function putBack(host: Host, { path, hash, ...attributes }: Kept): Promise<void> {
  const folders = foldersAbove(path)
  const [stat, ...above] = await host.stat([path, ...folders])
  if (stat?.type !== 'absent') return
  for (const [index, folder] of folders.entries()) {
    if (above[index]?.type === 'absent') await host.makeDirectory(folder, systemFolder)
  }
  await host.writeFile(path, hash, attributes)
}

function foldersAbove(path: string): readonly string[] {
  const folder = dirname(path)
  return folder === '/' ? [] : [...foldersAbove(folder), folder]
}
