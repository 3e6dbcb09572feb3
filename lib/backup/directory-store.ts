import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UserError } from '../errors.ts'
import { privateMode } from '../secrets/private-file.ts'
import type { Bytes } from './measured.ts'
import { manifestName } from './names.ts'
import type { Draft, Kept, Store } from './store.ts'

const privateFolder = 0o700

/** Backups in a folder, for its owner alone: one in the making stands beside, and is renamed when it is whole. */
export function directoryStore(root: string): Store {
  const path = (cluster: string, folder: string) => join(root, cluster, folder)
  return {
    address: root,
    async folders(cluster) {
      const entries = await told(root, readdir(join(root, cluster), { withFileTypes: true }), [])
      const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
      return Promise.all(
        names.map(async (name) => {
          const half = draftedName(name)
          const finished =
            half === undefined && (await sizeOf(join(path(cluster, name), manifestName))) !== undefined
          return { name: half ?? name, finished }
        }),
      )
    },
    read: (cluster, folder, file) => told(root, kept(join(path(cluster, folder), file)), undefined),
    begin: (cluster, folder) => told(root, begin(root, cluster, folder)),
    async remove(cluster, folder) {
      const half = join(root, cluster, draftName(folder))
      await told(root, rm(half, { recursive: true, force: true }))
      await told(root, rename(path(cluster, folder), half), undefined)
      await told(root, rm(half, { recursive: true, force: true }))
    },
  }
}

async function begin(root: string, cluster: string, folder: string): Promise<Draft> {
  const half = join(root, cluster, draftName(folder))
  await mkdir(half, { recursive: true, mode: privateFolder })
  const abandon = () => rm(half, { recursive: true, force: true })
  const write = (file: string, content: Bytes) =>
    told(
      root,
      pipeline(content, createWriteStream(join(half, file), { mode: privateMode, flags: 'wx', flush: true })),
    )
  return {
    write,
    read: (file) => told(root, kept(join(half, file)), undefined),
    async finish(manifest) {
      await write(manifestName, bytesOf(manifest))
      await told(root, synced(half))
      await told(root, rename(half, join(root, cluster, folder)))
      await told(root, synced(join(root, cluster)))
    },
    abandon,
  }
}

/** Hidden, and never taken for a backup. */
function draftName(folder: string): string {
  return `.${folder}.part`
}

function draftedName(name: string): string | undefined {
  return /^\.(.+)\.part$/.exec(name)?.[1]
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function kept(file: string): Promise<Kept | undefined> {
  const bytes = await sizeOf(file)
  return bytes === undefined ? undefined : { bytes, stream: contentOf(file) }
}

/** Opened when it is first read. */
async function* contentOf(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file) as AsyncIterable<Buffer>
}

async function sizeOf(file: string): Promise<number | undefined> {
  const handle = await open(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  try {
    return (await handle?.stat())?.size
  } finally {
    await handle?.close()
  }
}

/** What is renamed is there after a power cut, too. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What the disk says, in words; where nothing is there, what stands for that. */
async function told<T>(root: string, work: Promise<T>, ...absent: readonly T[]): Promise<T> {
  try {
    return await work
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' && absent.length > 0) return absent[0] as T
    if (code === 'ENOSPC' || code === 'EDQUOT') throw await noRoom(root, error)
    if (code === undefined || !(error instanceof Error)) throw error
    throw new UserError(
      `Backups cannot be kept in ${root}: ${error.message}.`,
      'Set backup.directory to a folder that this user may read and write.',
      { cause: error },
    )
  }
}

async function noRoom(root: string, cause: unknown): Promise<UserError> {
  const { bavail, bsize } = await statfs(root)
  return new UserError(
    `There is no room in ${root}: ${Math.floor((bavail * bsize) / 1_000_000)} MB are free.`,
    'Make room there, keep fewer backups (backup.keep), or set backup.directory to another folder.',
    { cause },
  )
}

/** Of what the disk said; undefined for an error of anything else. */
function codeOf(error: unknown): string | undefined {
  const isOfDisk = error instanceof Error && 'syscall' in error && 'code' in error
  return isOfDisk && typeof error.code === 'string' ? error.code : undefined
}
