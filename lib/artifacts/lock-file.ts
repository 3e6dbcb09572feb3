import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

const pollMs = 200
const beatMs = 5000
/** A holder on another machine that has not been heard of for so long is gone. */
const silentMs = 60_000

/** Works while no other process does so under the same lock; a lock whose holder is gone is taken over. */
export async function withLockFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })
  while (!(await take(path, mine))) await pause(pollMs)
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), beatMs).unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    if ((await textOf(path)) === mine) await rm(path, { force: true })
  }
}

async function take(path: string, mine: string): Promise<boolean> {
  // Whole from the first moment: nobody may find a lock that does not say whose it is.
  const own = `${path}.${process.pid}.${randomUUID()}`
  await writeFile(own, mine, { mode: 0o600 })
  try {
    await link(own, path)
    return true
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
    await removeStale(path)
    return false
  } finally {
    await rm(own, { force: true })
  }
}

async function removeStale(path: string): Promise<void> {
  const seen = await textOf(path)
  if (seen === undefined || !(await isGone(path, seen))) return
  const aside = `${path}.${randomUUID()}`
  await rename(path, aside).catch(() => {})
  // Somebody was faster, and what was moved is theirs: it goes back.
  if ((await textOf(aside)) !== seen) await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
}

async function isGone(path: string, text: string): Promise<boolean> {
  const { pid, host } = JSON.parse(text) as { readonly pid: number; readonly host: string }
  if (host === hostname()) return !isAlive(pid)
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  return age > silentMs
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
