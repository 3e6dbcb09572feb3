/** Chance that comes again with its seed. */
export class Random {
  #state: number

  constructor(seed: string) {
    // FNV-1a, so that seeds that differ in one character have nothing in common.
    this.#state = Buffer.from(seed).reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619), 2_166_136_261)
  }

  /** From 0 to below this, by mulberry32. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * end)
  }

  /** Once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(all: readonly T[]): T {
    const picked = all[this.below(all.length)]
    if (picked === undefined && all.length === 0) throw new TypeError('There is nothing to pick from.')
    return picked as T
  }

  many<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make)
  }

  bytes(most: number): Buffer {
    return Buffer.from(this.many(most, () => this.below(256)))
  }

  /** The same bytes in pieces, some of them empty, most of them small. */
  pieces(bytes: Buffer): Buffer[] {
    const pieces: Buffer[] = []
    const usual = this.pick([1, 2, 7, 40, bytes.length + 1])
    for (let at = 0; at < bytes.length;) {
      const end = at + this.below(usual + 1)
      pieces.push(bytes.subarray(at, end))
      at = end
    }
    return pieces
  }

  /** A text like one of these, as far as damage lets it be: cut, doubled, shuffled, bytes turned, or none of it. */
  damaged(samples: readonly string[]): Buffer {
    let bytes: Buffer = Buffer.from(this.pick(samples))
    for (let damages = this.below(4); damages > 0; damages--) bytes = this.#damage(bytes)
    return bytes
  }

  #damage(bytes: Buffer): Buffer {
    const at = this.below(bytes.length + 1)
    const end = at + this.below(bytes.length - at + 1)
    const insert = (more: Buffer) => Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
    switch (this.below(7)) {
      case 0:
        return bytes.subarray(0, at)
      case 1:
        return insert(bytes.subarray(at, end))
      case 2:
        return insert(this.bytes(12))
      case 3:
        return insert(Buffer.from(this.pick(awkward)))
      case 4:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
      case 5: {
        const lines = bytes.toString('latin1').split('\n')
        return Buffer.from(lines.toSorted(() => this.below(3) - 1).join('\n'), 'latin1')
      }
      default:
        return this.once(3) ? this.bytes(300) : insert(Buffer.from(this.pick(awkward).repeat(this.below(40))))
    }
  }
}

const awkward = [
  '\0',
  '\n',
  '\r\n',
  '\t',
  ' ',
  '=',
  ':',
  '|',
  '"',
  "'",
  '\\',
  '[',
  ']',
  '{',
  '}',
  '%',
  '-1',
  'NaN',
  '1e999',
  'null',
  '[]',
  '{}',
  '__proto__',
  'constructor',
  '../',
  '\u{FEFF}',
  '\u{1F4A5}',
  '\u{2028}',
  '99999999999999999999',
]
