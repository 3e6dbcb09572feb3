import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { reveal, type Secret } from '../secrets/secret.ts'
import { backoffMs } from '../transport/backoff.ts'
import { milliseconds } from '../vars/duration.ts'
import { localPath } from '../vars/local-path.ts'
import { ArtifactFailed } from './artifact-failed.ts'
import { attempt, isOfDisk, type AttemptEnd, type AttemptOptions, type Progress } from './attempt.ts'
import { addressesOf } from './mirrors.ts'
import type { ArtifactSettings } from './vars.ts'

/** What stands at an address, and how to get there. */
export interface Source {
  readonly url: string
  readonly settings: ArtifactSettings
  /** The value of the header `Authorization`, for the host of the address and no other. */
  readonly authorization?: Secret | undefined
}

export interface ArtifactOrder extends Source {
  readonly sha256: string
}

/** Brings the file at `part` to this checksum, over all addresses in turn, each as often as the settings say. */
export async function bringWhole(
  order: ArtifactOrder,
  part: string,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const validators = new Map<string, string>()
  await rounds(order, async (address, options) => {
    const end = await attempt(address, part, validators, { ...options, onProgress }).catch(noRoom(part))
    if (end.is === 'failed') return end
    const found = await sha256Of(part)
    if (found === order.sha256) return end
    // Nobody can tell which part of it is wrong.
    await rm(part, { force: true })
    return { is: 'failed', what: `wrong checksum: expected ${order.sha256}, got ${found}`, final: false }
  })
}

/** Tries the addresses of a source until one of them gives what is wanted. */
export async function rounds(
  { url, settings, authorization }: Source,
  attemptAt: (address: string, options: Omit<AttemptOptions, 'onProgress'>) => Promise<AttemptEnd>,
): Promise<void> {
  const addresses = addressesOf(url, settings.mirrors)
  const failures = new Map<string, string[]>(addresses.map((address) => [address, []]))
  const givenUp = new Set<string>()
  const ca = settings.caFile === undefined ? undefined : await readFile(localPath(settings.caFile), 'utf8')
  const common = { proxy: settings.proxy, ca, stallMs: milliseconds(settings.stall) }
  for (let round = 0; round < settings.attempts && givenUp.size < addresses.length; round++) {
    if (round > 0) await pause(backoffMs(round - 1))
    for (const address of addresses.filter((one) => !givenUp.has(one))) {
      const own = new URL(address).origin === new URL(url).origin
      const headers = authorization === undefined || !own ? {} : { authorization: reveal(authorization) }
      const end = await attemptAt(address, { ...common, headers })
      if (end.is === 'whole') return
      if (end.final) givenUp.add(address)
      failures.get(address)?.push(end.what)
    }
  }
  throw new ArtifactFailed(
    [`${url} could not be fetched.`, ...[...failures].map(([at, what]) => `  ${at}: ${counted(what)}`)].join(
      '\n',
    ),
    'Look whether the controller reaches these addresses, and whether version and checksum belong together; ' +
      '`artifacts.mirrors` names other places, `artifacts.proxy` a proxy.',
  )
}

/** The checksum of a file; undefined where there is none. */
export async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return hash.digest('hex')
}

/** What happened, in order; what happened several times in a row is told once. */
function counted(failures: readonly string[]): string {
  const told: { readonly what: string; times: number }[] = []
  for (const what of failures) {
    const last = told.at(-1)
    if (last?.what === what) last.times++
    else told.push({ what, times: 1 })
  }
  return told.map(({ what, times }) => (times === 1 ? what : `${what} (${times} times)`)).join(', ')
}

function noRoom(part: string): (error: unknown) => Promise<never> {
  return async (error) => {
    if (isOfDisk(error)) await rm(part, { force: true })
    const why = error instanceof Error ? error.message : String(error)
    throw new ArtifactFailed(
      `The cache of artifacts cannot be written: ${why}`,
      'Make room on the controller, or set `artifacts.cache` to another folder.',
      { cause: error },
    )
  }
}
