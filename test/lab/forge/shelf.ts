import { statSync } from 'node:fs'
import { join, normalize } from 'node:path'
import type { ImageStore } from './image-store.ts'

/** What is to be had under an address. */
export interface Found {
  readonly file: string
  readonly type: string
  readonly digest?: string
}

const files = 'application/octet-stream'
const registryPath = /^\/v2\/(?<name>.+)\/(?<what>manifests|blobs)\/(?<reference>[^/]+)$/

/** Finds what a request asks for: a release file under its official address, or a part of an image. */
export function find(url: URL, folders: readonly string[], store: ImageStore): Found | undefined {
  const path = decoded(url.pathname)
  if (path === undefined) return undefined
  const asked = registryPath.exec(path)?.groups
  if (asked !== undefined) return findPart(asked, url.searchParams.get('ns'), store)
  // What is asked for by the name of a folder, as an installer by that of its host, stands there as `index`.
  const below = normalize(path.endsWith('/') ? `${path}index` : path)
  const file = folders.map((folder) => join(folder, below)).find(isFile)
  return file === undefined ? undefined : { file, type: files }
}

function findPart(
  { name = '', what, reference = '' }: Readonly<Record<string, string>>,
  registry: string | null,
  store: ImageStore,
): Found | undefined {
  const manifests = store.images()
  const manifest = reference.includes(':')
    ? Object.values(manifests).find(({ digest }) => digest === reference)
    : Object.entries(manifests).find(([image]) => isNamed(image, `${name}:${reference}`, registry))?.[1]
  if (what === 'manifests')
    return (
      manifest && { file: store.blobFile(manifest.digest), type: manifest.mediaType, digest: manifest.digest }
    )
  const file = /^sha256:[0-9a-f]{64}$/.test(reference) ? store.blobFile(reference) : undefined
  return file !== undefined && isFile(file) ? { file, type: files, digest: reference } : undefined
}

// A runtime that asks a mirror says whose images it is after; other clients know the mirror alone.
function isNamed(image: string, asked: string, registry: string | null): boolean {
  return registry === null ? image.slice(image.indexOf('/') + 1) === asked : image === `${registry}/${asked}`
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
}
