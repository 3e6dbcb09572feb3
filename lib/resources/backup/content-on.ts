import { PassThrough } from 'node:stream'
import type { Bytes } from '../../backup/index.ts'
import type { Host } from '../../host/host.ts'

const tellEveryMs = 1000

/** The content of a file of a host as it comes, no faster than it is taken. */
export async function* contentOn(host: Host, path: string): AsyncGenerator<Uint8Array> {
  const pipe = new PassThrough()
  const arrived = host.download(path, pipe)
  arrived.catch((error: unknown) => pipe.destroy(error as Error))
  let [bytes, told] = [0, performance.now()]
  for await (const chunk of pipe as AsyncIterable<Buffer> satisfies Bytes) {
    bytes += chunk.length
    if (performance.now() - told > tellEveryMs) {
      host.say(`backing up ${path}: ${Math.floor(bytes / 1_000_000)} MB`)
      told = performance.now()
    }
    yield chunk
  }
  // The bytes may end because there are no more, or because they cannot be read.
  await arrived
}
