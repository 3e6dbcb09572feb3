/** Keeps the last bytes of what is pushed, up to its limit, in linear time and at most twice that memory. */
export class Tail {
  readonly #limit: number
  #bytes: Buffer = Buffer.alloc(0)
  #length = 0
  #total = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  push(chunk: Buffer): void {
    this.#total += chunk.length
    const kept = chunk.length > this.#limit ? chunk.subarray(chunk.length - this.#limit) : chunk
    this.#makeRoom(kept.length)
    this.#length += kept.copy(this.#bytes, this.#length)
  }

  /** What was kept; nothing may be pushed afterwards. */
  bytes(): Buffer {
    return this.#bytes.subarray(Math.max(0, this.#length - this.#limit), this.#length)
  }

  /** How many bytes were left out at the front. */
  get dropped(): number {
    return Math.max(0, this.#total - this.#limit)
  }

  #makeRoom(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    if (needed > 2 * this.#limit) {
      this.#bytes.copyWithin(0, this.#length - this.#limit, this.#length)
      this.#length = this.#limit
    }
    if (this.#length + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(
      Math.min(2 * this.#limit, Math.max(this.#length + more, 2 * this.#bytes.length)),
    )
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
