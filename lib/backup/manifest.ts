import { createHash } from 'node:crypto'
import type { Measure } from './measured.ts'
import { damaged, Unsound } from './unsound.ts'

type Fact = null | boolean | number | string | readonly Fact[] | { readonly [key: string]: Fact }

/** What whoever makes a backup knows of it: `{ revision: 4711, keys: 80 }`. */
export type Facts = Readonly<Record<string, Fact>>

export interface ManifestFile {
  readonly name: string
  /** Of what it was on its host. */
  readonly plain: Measure
  /** Of what is kept, encrypted. */
  readonly stored: Measure
}

/** What a backup says of itself. It is not encrypted, and holds no secret. */
export interface Manifest {
  readonly format: 1
  readonly cluster: string
  readonly kind: string
  readonly name: string
  readonly run: string
  readonly created: string
  /** The host that the files come from. */
  readonly host: string
  readonly versions: Readonly<Record<string, string>>
  readonly facts: Facts
  readonly files: readonly ManifestFile[]
}

/** As it is kept: with the SHA-256 of the rest, so that a change to it is told. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, seal: sealOf(manifest) }, undefined, 2)}\n`
}

/** @throws when it is none, is of a later format, or was altered */
export function parseManifest(text: string, where: string): Manifest {
  const found = jsonIn(text)
  if (found?.['format'] !== 1) {
    throw new Unsound(
      `${where}: expected a manifest of format 1, found ${found === undefined ? 'no JSON map' : `format ${JSON.stringify(found['format'])}`}.`,
      'It was altered, or a newer version made it: read it with that.',
    )
  }
  const { seal, ...manifest } = found
  if (seal !== sealOf(manifest)) {
    throw damaged(`${where} was altered: it does not fit its own checksum.`)
  }
  return manifest as unknown as Manifest
}

function sealOf(manifest: object): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex')
}

function jsonIn(text: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
