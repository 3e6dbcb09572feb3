import { encrypted } from './age.ts'
import { manifestText, type Manifest, type ManifestFile } from './manifest.ts'
import { measured, measureOf, type Bytes } from './measured.ts'
import { checkWord, nameBackup, storedName } from './names.ts'
import { foldersOf } from './list.ts'
import type { Draft, Store } from './store.ts'
import { damaged } from './unsound.ts'

/** A file that goes into a backup; it is opened when its turn comes. */
export interface Source {
  readonly name: string
  open(): Bytes
}

export interface BackupOrder extends Pick<
  Manifest,
  'cluster' | 'kind' | 'run' | 'host' | 'versions' | 'facts'
> {
  readonly recipients: readonly string[]
  readonly files: readonly Source[]
}

/**
 * Makes a backup: each file streamed, encrypted, and read back from the store; the manifest comes last. What an earlier
 * run left half made of this kind goes.
 */
export async function writeBackup(store: Store, order: BackupOrder, now = new Date()): Promise<Manifest> {
  const { recipients, files: sources, ...about } = order
  const { cluster, kind, run } = about
  for (const [word, what] of [
    [cluster, 'cluster'],
    [kind, 'kind'],
    [run, 'run'],
    ...sources.map(({ name }) => [name, 'file'] as const),
  ] as const)
    checkWord(word, what)
  for (const { name, finished } of await foldersOf(store, { cluster, kind }))
    if (!finished) await store.remove(cluster, name)
  const { name, created } = nameBackup(kind, now, run)
  const draft = await store.begin(cluster, name)
  try {
    const files: ManifestFile[] = []
    for (const source of sources) files.push(await writeFile(draft, source, recipients))
    const manifest: Manifest = { format: 1, name, created, ...about, files }
    await draft.finish(manifestText(manifest))
    return manifest
  } catch (error) {
    // That it cannot be taken away is told by the next run; what went wrong first counts.
    await draft.abandon().catch(() => undefined)
    throw error
  }
}

async function writeFile(draft: Draft, source: Source, recipients: readonly string[]): Promise<ManifestFile> {
  const { name } = source
  const file = storedName(name)
  const plain = measured(source.open())
  const sent = measured(await encrypted(plain.stream, recipients))
  await draft.write(file, sent.stream)
  const stored = sent.measure()
  const kept = await draft.read(file)
  const back = kept === undefined ? undefined : await measureOf(kept.stream)
  if (back?.sha256 !== stored.sha256) {
    throw damaged(
      `${name} was sent as ${stored.bytes} bytes, and the store gives ${back?.bytes ?? 'none'} or others back.`,
    )
  }
  return { name, plain: plain.measure(), stored }
}
