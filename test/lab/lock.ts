import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Holds a lock between processes while the work runs. The kernel's own lock, held by a child that ends with our end
 * of its pipe: a crash, too, gives it back.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true })
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(holder, 'exit')
  await Promise.race([
    once(holder.stdout, 'data'),
    ended.then(() => Promise.reject(new Error(`flock could not lock ${file}`))),
  ])
  try {
    return await work()
  } finally {
    holder.stdin.end()
    await ended
  }
}
