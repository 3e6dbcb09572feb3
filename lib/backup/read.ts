import { buffer } from 'node:stream/consumers'
import { UserError } from '../errors.ts'
import type { Secret } from '../secrets/secret.ts'
import { decrypted } from './age.ts'
import { parseManifest, type Manifest, type ManifestFile } from './manifest.ts'
import { measured, type Bytes } from './measured.ts'
import { manifestName, storedName } from './names.ts'
import type { Store } from './store.ts'
import { damaged } from './unsound.ts'

/** What a backup says of itself. */
export async function readManifest(store: Store, cluster: string, name: string): Promise<Manifest> {
  const where = `${store.address}/${cluster}/${name}/${manifestName}`
  const kept = await store.read(cluster, name, manifestName)
  if (kept === undefined) throw damaged(`${where} is not there: it is no backup, or not a whole one.`)
  const manifest = parseManifest((await buffer(kept.stream)).toString(), where)
  if (manifest.name === name && manifest.cluster === cluster) return manifest
  throw damaged(`${where} is that of ${manifest.cluster}/${manifest.name}: somebody moved it.`)
}

export function fileOf({ name, files }: Manifest, file: string): ManifestFile {
  const found = files.find((each) => each.name === file)
  if (found !== undefined) return found
  const names = files.map((each) => each.name).join(', ')
  throw new UserError(`The backup ${name} has no file ${file}.`, `It has ${names}.`)
}

/** What is kept of a file, as it is read; that it is not what was written is thrown by its last byte at the latest. */
export async function storedStream(store: Store, manifest: Manifest, file: ManifestFile): Promise<Bytes> {
  const { cluster, name } = manifest
  const path = `${store.address}/${cluster}/${name}/${storedName(file.name)}`
  const kept = await store.read(cluster, name, storedName(file.name))
  const { bytes, sha256 } = file.stored
  if (kept === undefined) throw damaged(`${path} is missing.`)
  if (kept.bytes !== bytes) {
    const how = kept.bytes < bytes ? 'was cut off' : 'was altered'
    throw damaged(`${path} ${how}: expected ${bytes} bytes, found ${kept.bytes}.`)
  }
  return checked(kept.stream, sha256, `${path} was altered: its bytes are not those that were written.`)
}

/** A file as it was on its host; that it is another is thrown by its last byte at the latest. */
export async function plainStream(
  store: Store,
  manifest: Manifest,
  file: ManifestFile,
  identity: Secret,
): Promise<Bytes> {
  const what = `${storedName(file.name)} of ${manifest.name}`
  const plain = await decrypted(await storedStream(store, manifest, file), identity, what)
  return checked(plain, file.plain.sha256, `${what} holds another file than its manifest says.`)
}

async function* checked(source: Bytes, sha256: string, otherwise: string): AsyncGenerator<Uint8Array> {
  const { stream, measure } = measured(source)
  yield* stream
  if (measure().sha256 !== sha256) throw damaged(otherwise)
}
