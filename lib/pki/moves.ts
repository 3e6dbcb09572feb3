import { randomBytes } from 'node:crypto'
import { access, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { Secret } from '../secrets/secret.ts'
import { privateMode, wipe } from '../secrets/private-file.ts'
import { certificateAt, findAuthority } from './authority.ts'
import type { Algorithm } from './certificate.ts'
import { makeAuthority, newAuthorityKey, type Draft, type Pair } from './issue.ts'
import { filesOf, type AuthorityPlace, type Generation } from './place.ts'
import type { Move } from './replacement.ts'
import { openKey, sealedKey } from './sealed-key.ts'

/** What a new authority is to be. */
export interface NewAuthority {
  readonly commonName: string
  readonly algorithm: Algorithm
  readonly days: number
  readonly draft: Draft
}

const publicMode = 0o644

/** Makes a move in the store. What an earlier, killed one has left is gone on with. */
export async function makeMove(place: AuthorityPlace, move: Move, wanted: NewAuthority): Promise<void> {
  if (move === 'make') return makePair(place, 'now', wanted)
  if (move === 'introduce') return makePair(place, 'next', wanted)
  return move === 'switch' ? switchOver(place) : drop(place)
}

/** What issues certificates: the authority of now, with its key. */
export async function issuingPair(place: AuthorityPlace): Promise<Pair> {
  const found = findAuthority(place)
  if (found === undefined)
    throw new TypeError(`There is no authority ${place.name} in ${place.store.folder}.`)
  return { certificate: found.issuing, key: await openKey(place, 'now', found.issuing) }
}

/** The key comes first: a certificate in the store has its key there. What stands is never written over. */
async function makePair(place: AuthorityPlace, generation: Generation, wanted: NewAuthority): Promise<void> {
  const files = filesOf(place, generation)
  await mkdir(place.store.folder, { recursive: true, mode: 0o700 })
  if (!(await exists(files.key))) {
    const fresh = await newAuthorityKey(wanted.algorithm, wanted.commonName)
    await writeOnce(files.key, await sealedKey(place, fresh), privateMode)
  }
  const key: Secret = await openKey(place, generation)
  if (certificateAt(place, generation) !== undefined) return
  const { pem } = await makeAuthority(key, wanted)
  await writeOnce(files.certificate, pem, publicMode)
}

/** At each moment one certificate issues, and both are there to be trusted. */
async function switchOver(place: AuthorityPlace): Promise<void> {
  const [now, next, former] = [filesOf(place, 'now'), filesOf(place, 'next'), filesOf(place, 'former')]
  const issuing = certificateAt(place, 'now')
  const following = certificateAt(place, 'next')
  if (issuing === undefined || following === undefined) return
  // Both keys are looked at before anything is moved; one that has its place already fits the certificate to come.
  if (await exists(next.key)) await openKey(place, 'next', following)
  if (certificateAt(place, 'former') === undefined) {
    await writeOnce(former.key, await readFile(now.key, 'utf8'), privateMode)
    await writeOnce(former.certificate, issuing.pem, publicMode)
  }
  if (await exists(next.key)) await rename(next.key, now.key)
  await rename(next.certificate, now.certificate)
}

/** The key goes first: without the certificate nobody would look for it. */
async function drop(place: AuthorityPlace): Promise<void> {
  const { certificate, key } = filesOf(place, 'former')
  if (await exists(key)) await wipe(key)
  await rm(certificate, { force: true })
}

/** Puts a file where none is, whole or not at all; what somebody else put there meanwhile stays. */
async function writeOnce(path: string, content: string, mode: number): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(beside, content, { mode, flag: 'wx', flush: true })
    await link(beside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(beside, { force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
