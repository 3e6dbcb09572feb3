import { createHash } from 'node:crypto'

/** Bytes that pass by, a piece at a time; whoever reads is waited for. */
export type Bytes = AsyncIterable<Uint8Array>

/** How many bytes there were, and their SHA-256. */
export interface Measure {
  readonly bytes: number
  readonly sha256: string
}

/** The same bytes, and what they came to once all of them have passed. */
export function measured(source: Bytes): { readonly stream: Bytes; readonly measure: () => Measure } {
  const hash = createHash('sha256')
  let bytes = 0
  let sha256: string | undefined
  async function* passing() {
    for await (const chunk of source) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
    sha256 = hash.digest('hex')
  }
  return {
    stream: passing(),
    measure() {
      if (sha256 === undefined) throw new TypeError('These bytes were not read to their end.')
      return { bytes, sha256 }
    },
  }
}

/** Reads all of it, to be measured only. */
export async function measureOf(source: Bytes): Promise<Measure> {
  const { stream, measure } = measured(source)
  for await (const _ of stream);
  return measure()
}
