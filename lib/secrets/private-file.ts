import { randomBytes } from 'node:crypto'
import { open, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Of a file that its owner alone may read. */
export const privateMode = 0o600

/** Puts content at a path, readable by its owner alone, so that a reader sees the old or the new and never a part. */
export async function writePrivately(path: string, content: Buffer | string): Promise<void> {
  // A link stays one.
  const file = await realpath(path).catch(() => path)
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`)
  try {
    await writeFile(beside, content, { mode: privateMode, flag: 'wx', flush: true })
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

/** Takes a file away after its bytes have been written over. */
export async function wipe(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    await file.write(Buffer.alloc(size), 0, size, 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await rm(path)
}
