import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../command.ts'
import { sha256 } from './releases.ts'

/** A manifest as others name it. */
export interface Described {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

const oci = 'application/vnd.oci.image'
const index = 'images.json'
const packed = ['--sort=name', '--mtime=@0', '--numeric-owner']

/** Images by name, their content by digest: what a registry serves, and archives are made of. */
export class ImageStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  blobFile(digest: string): string {
    return join(this.#folder, 'blobs', digest.replace(':', '/'))
  }

  images(): Readonly<Record<string, Described>> {
    const file = join(this.#folder, index)
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Described>) : {}
  }

  /** Takes a folder as the only layer of an image. */
  async add(name: string, tree: string, entrypoint: readonly string[] = []): Promise<Described> {
    const layer = await this.#pack(tree)
    const config = this.#write(`${oci}.config.v1+json`, {
      architecture: 'amd64',
      os: 'linux',
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        ...(entrypoint.length === 0 ? {} : { Entrypoint: entrypoint }),
      },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    })
    const mediaType = `${oci}.manifest.v1+json`
    const manifest = this.#write(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] })
    const all = { ...this.images(), [name]: manifest }
    writeFileSync(join(this.#folder, `${index}.new`), `${JSON.stringify(all, undefined, 2)}\n`)
    renameSync(join(this.#folder, `${index}.new`), join(this.#folder, index))
    return manifest
  }

  /** Writes images into one OCI archive, for `ctr images import` and hosts without a registry. */
  async archive(names: readonly string[], file: string): Promise<void> {
    const work = mkdtempSync(join(this.#folder, 'archive-'))
    try {
      const manifests = names.map((name) => ({
        ...this.#described(name),
        platform: { architecture: 'amd64', os: 'linux' },
        annotations: { 'io.containerd.image.name': name },
      }))
      mkdirSync(join(work, 'blobs/sha256'), { recursive: true })
      for (const digest of new Set(manifests.flatMap(({ digest }) => this.#closure(digest))))
        linkOrCopy(this.blobFile(digest), join(work, 'blobs', digest.replace(':', '/')))
      writeFileSync(join(work, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
      writeFileSync(join(work, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
      const root = ['--owner=0', '--group=0', '-C', work, '-cf', `${file}.new`]
      await command('tar', [...packed, ...root, 'oci-layout', 'index.json', 'blobs'])
      renameSync(`${file}.new`, file)
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }

  #described(name: string): Described {
    const found = this.images()[name]
    if (found !== undefined) return found
    throw new Error(`No image has the name ${name}. There is: ${Object.keys(this.images()).join(', ')}.`)
  }

  #closure(manifest: string): readonly string[] {
    const { config, layers } = JSON.parse(readFileSync(this.blobFile(manifest), 'utf8')) as {
      config: Described
      layers: readonly Described[]
    }
    return [manifest, config.digest, ...layers.map(({ digest }) => digest)]
  }

  async #pack(tree: string): Promise<Described> {
    mkdirSync(this.blobFile('sha256:'), { recursive: true })
    const work = mkdtempSync(join(this.#folder, 'layer-'))
    try {
      const file = join(work, 'layer.tar')
      await command('tar', [...packed, '-C', tree, '-cf', file, '.'])
      const { size } = statSync(file)
      const digest = `sha256:${await sha256(file)}`
      renameSync(file, this.blobFile(digest))
      return { mediaType: `${oci}.layer.v1.tar`, digest, size }
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }

  #write(mediaType: string, content: unknown): Described {
    const bytes = Buffer.from(JSON.stringify(content))
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    writeFileSync(this.blobFile(digest), bytes)
    return { mediaType, digest, size: bytes.length }
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}
