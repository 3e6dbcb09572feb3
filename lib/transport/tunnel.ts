import { Duplex, type Readable, type Writable } from 'node:stream'

export interface TunnelEnds {
  readonly readable: Readable
  readonly writable: Writable
  /** Lets go of both. */
  readonly close: () => void
}

/** Bytes by way of something else, as a socket: once destroyed it is gone, whether the other side hears of it or not. */
export class Tunnel extends Duplex {
  readonly #ends: TunnelEnds

  constructor(ends: TunnelEnds) {
    super({ autoDestroy: false })
    this.#ends = ends
    // For good: an error that comes late, with nobody listening, would end this process.
    this.on('error', () => undefined)
    const { readable, writable } = ends
    for (const end of [readable, writable]) end.on('error', () => undefined)
    readable.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) readable.pause()
    })
  }

  override _read(): void {
    this.#ends.readable.resume()
  }

  /** What cannot be written any more is no news: who opened it knows why, and says so in a moment. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, written: () => void): void {
    this.#ends.writable.write(chunk, () => written())
  }

  override _final(ended: () => void): void {
    this.#ends.writable.end()
    ended()
  }

  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    this.#ends.close()
    destroyed(error)
  }
}
