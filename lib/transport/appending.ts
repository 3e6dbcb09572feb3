import { mkdir, open, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { limits } from './limits.ts'

/** Adds a line to a file that others add lines to at the same time, in this process and in others. */
export async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const unlock = await lock(`${path}.lock`)
  try {
    const file = await open(path, 'a+', 0o600)
    try {
      await file.appendFile(`${(await endsInLine(file)) ? '' : '\n'}${line}\n`)
    } finally {
      await file.close()
    }
  } finally {
    await unlock()
  }
}

async function endsInLine(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return true
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer.toString() === '\n'
}

/** A lock of a process that was killed is taken over when it is older than any append can last. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.close()
      return () => unlink(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const since = await stat(path).catch(() => undefined)
      if (since && Date.now() - since.mtimeMs > limits.staleLockMs) await unlink(path).catch(() => undefined)
      else await pause(5 + Math.random() * 20)
    }
  }
}
