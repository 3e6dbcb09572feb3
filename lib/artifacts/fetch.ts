import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { localPath } from '../vars/local-path.ts'
import type { Progress } from './attempt.ts'
import { withLockFile } from './lock-file.ts'
import { bringWhole, sha256Of, type ArtifactOrder } from './rounds.ts'

interface Cached {
  readonly file: string
  /** As of when its content was checked. */
  readonly stamp: string
}

interface Underway {
  readonly cached: Promise<Cached>
  readonly listeners: Set<(progress: Progress) => void>
}

/** By file: who asks for what is being fetched waits for that, and what was checked once is not read again. */
const underway = new Map<string, Underway>()

/**
 * The file on this machine that has this checksum, from the cache or from one of its addresses. It is fetched once,
 * however many ask for it, in this process or in another.
 */
export async function fetchArtifact(
  order: ArtifactOrder & { readonly onProgress?: (progress: Progress) => void },
): Promise<string> {
  const { sha256, settings, onProgress } = order
  const file = join(localPath(settings.cache), sha256)
  for (;;) {
    const known = underway.get(file) ?? begin(order, file)
    if (onProgress !== undefined) known.listeners.add(onProgress)
    try {
      const { stamp } = await known.cached
      if (stamp === (await stampOf(file))) return file
      // Somebody had their hands in the cache.
      if (underway.get(file) === known) underway.delete(file)
    } finally {
      if (onProgress !== undefined) known.listeners.delete(onProgress)
    }
  }
}

function begin(order: ArtifactOrder, file: string): Underway {
  const listeners: Underway['listeners'] = new Set()
  const tell = (progress: Progress) => {
    for (const listener of listeners) listener(progress)
  }
  const cached = bring(order, file, tell).then(async () => ({ file, stamp: await stampOf(file) }))
  const begun = { cached, listeners }
  underway.set(file, begun)
  cached.catch(() => underway.delete(file))
  return begun
}

/** Sees to it that the file is there and right. */
async function bring(order: ArtifactOrder, file: string, tell: (progress: Progress) => void): Promise<void> {
  const { sha256 } = order
  const isThere = async () => (await sha256Of(file)) === sha256
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  if (await isThere()) return
  await withLockFile(`${file}.lock`, async () => {
    // Another process may have fetched it meanwhile.
    if (await isThere()) return
    await rm(file, { force: true })
    await bringWhole(order, `${file}.part`, tell)
    await rename(`${file}.part`, file)
  })
}

async function stampOf(file: string): Promise<string> {
  return stat(file).then(
    ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
    () => 'gone',
  )
}
