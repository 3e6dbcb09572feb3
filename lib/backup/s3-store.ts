import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { manifestName } from './names.ts'
import { inWords } from './s3-failure.ts'
import { checkEndpoint, clientOf, type S3Settings } from './s3-client.ts'
import type { Bytes } from './measured.ts'
import type { Draft, Kept, Store } from './store.ts'

/** Memory that an upload takes: two parts. Ten thousand of them are the most that a file may have. */
const partBytes = 16 * 1024 * 1024

/** Backups in a bucket: a folder there is what names begin with, and its manifest is written last. */
export function s3Store(settings: S3Settings): Store {
  return new S3Store(settings)
}

class S3Store implements Store {
  readonly address: string
  readonly #settings: S3Settings
  #client: Promise<S3Client> | undefined

  constructor(settings: S3Settings) {
    const { region, bucket, prefix } = settings
    const endpoint = settings.endpoint === undefined ? undefined : checkEndpoint(settings.endpoint)
    const path = [bucket, trimmed(prefix)].filter(Boolean).join('/')
    this.address = `${(endpoint ?? `s3://${region}`).replace(/\/+$/, '')}/${path}`
    this.#settings = settings
  }

  async folders(cluster: string) {
    const root = this.#key(cluster, '')
    const files = new Map<string, string[]>()
    for (const key of await this.#keys(root)) {
      const [folder = '', file = ''] = key.slice(root.length).split('/')
      files.set(folder, [...(files.get(folder) ?? []), file])
    }
    for (const { key } of await this.#unfinishedUploads(root)) {
      const [folder = ''] = key.slice(root.length).split('/')
      if (!files.has(folder)) files.set(folder, [])
    }
    return [...files].map(([name, names]) => ({ name, finished: names.includes(manifestName) }))
  }

  async read(cluster: string, folder: string, file: string): Promise<Kept | undefined> {
    const where = { Bucket: this.#settings.bucket, Key: this.#key(cluster, folder, file) }
    const { GetObjectCommand, HeadObjectCommand } = await import('@aws-sdk/client-s3')
    const found = await this.#ask((client) =>
      client.send(new HeadObjectCommand(where)).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'NotFound') return undefined
        throw error
      }),
    )
    if (found === undefined) return undefined
    const get = () => this.#ask((client) => client.send(new GetObjectCommand(where)))
    const words = (error: unknown) => inWords(error, this.#settings)
    async function* content(): AsyncGenerator<Uint8Array> {
      const { Body } = await get()
      try {
        yield* Body as Readable as AsyncIterable<Buffer>
      } catch (error) {
        throw words(error)
      }
    }
    return { bytes: found.ContentLength ?? 0, stream: content() }
  }

  async begin(cluster: string, folder: string): Promise<Draft> {
    return {
      write: (file, content) => this.#upload(this.#key(cluster, folder, file), content),
      read: (file) => this.read(cluster, folder, file),
      finish: (manifest) => this.#put(this.#key(cluster, folder, manifestName), manifest),
      abandon: () => this.remove(cluster, folder),
    }
  }

  async remove(cluster: string, folder: string): Promise<void> {
    const { AbortMultipartUploadCommand, DeleteObjectCommand } = await import('@aws-sdk/client-s3')
    const { bucket: Bucket } = this.#settings
    const root = this.#key(cluster, folder, '')
    const manifest = root + manifestName
    const others = (await this.#keys(root)).filter((key) => key !== manifest)
    for (const Key of [manifest, ...others])
      await this.#ask((client) => client.send(new DeleteObjectCommand({ Bucket, Key })))
    for (const { key: Key, id: UploadId } of await this.#unfinishedUploads(root))
      await this.#ask((client) => client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })))
  }

  async #upload(Key: string, content: Bytes): Promise<void> {
    const { Upload } = await import('@aws-sdk/lib-storage')
    let failure: unknown
    const source = noting(content, (error) => (failure = error))
    const Body = Readable.from(source, { objectMode: false })
    const params = { Bucket: this.#settings.bucket, Key, Body }
    try {
      await this.#ask((client) => new Upload({ client, params, partSize: partBytes, queueSize: 1 }).done())
    } catch (error) {
      throw failure ?? error
    } finally {
      Body.destroy()
    }
  }

  async #put(Key: string, Body: string): Promise<void> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3')
    const { bucket: Bucket } = this.#settings
    await this.#ask((client) => client.send(new PutObjectCommand({ Bucket, Key, Body })))
  }

  async #keys(root: string): Promise<readonly string[]> {
    const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3')
    return this.#ask(async (client) => {
      const keys: string[] = []
      const pages = paginateListObjectsV2({ client }, { Bucket: this.#settings.bucket, Prefix: root })
      for await (const { Contents = [] } of pages) keys.push(...Contents.flatMap(({ Key }) => Key ?? []))
      return keys
    })
  }

  /** What was being sent when somebody was killed: no listing shows it, and it takes room. */
  async #unfinishedUploads(root: string): Promise<readonly { readonly key: string; readonly id: string }[]> {
    const { ListMultipartUploadsCommand } = await import('@aws-sdk/client-s3')
    const { bucket: Bucket } = this.#settings
    const { Uploads = [] } = await this.#ask((client) =>
      client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: root })),
    )
    return Uploads.flatMap(({ Key: key, UploadId: id }) =>
      key !== undefined && id !== undefined && key.startsWith(root) ? [{ key, id }] : [],
    )
  }

  async #ask<T>(work: (client: S3Client) => Promise<T>): Promise<T> {
    this.#client ??= clientOf(this.#settings)
    try {
      return await work(await this.#client)
    } catch (error) {
      throw inWords(error, this.#settings)
    }
  }

  #key(...parts: readonly string[]): string {
    return [trimmed(this.#settings.prefix), ...parts].filter((part, at) => at > 0 || part !== '').join('/')
  }
}

/** Whoever sends it may say only that the source failed, and not why. */
async function* noting(source: Bytes, note: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* source
  } catch (error) {
    note(error)
    throw error
  }
}

function trimmed(prefix: string): string {
  return prefix.replaceAll(/^\/+|\/+$/g, '')
}
