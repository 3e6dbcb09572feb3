import { randomBytes } from 'node:crypto'

/** A word that no output holds by chance, and that a program cannot know beforehand. */
export function nonce(): string {
  return randomBytes(12).toString('hex')
}

/** Shell code that prints a mark: the nonce, a colon and the value of a shell word, on a line of its own. */
export function printMark(mark: string, word: string): string {
  return `printf '${mark}:%s\\n' ${word}`
}

export interface Mark {
  readonly nonce: string
  /** Gets the bytes before the mark as they come. */
  readonly before: (bytes: Buffer) => void
  readonly reached: (value: string) => void
}

/** A value is a number or two; what is longer is no mark of ours. */
const longestValue = 64
const nothing = Buffer.alloc(0)

/** Cuts a stream of bytes at the marks that are expected in it, in their order, wherever its chunks begin and end. */
export class MarkedStream {
  readonly #expected: Mark[] = []
  #held: Buffer = nothing

  expect(mark: Mark): void {
    this.#expected.push(mark)
  }

  push(chunk: Buffer): void {
    let bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk
    this.#held = nothing
    for (let mark = this.#expected[0]; mark !== undefined; mark = this.#expected[0]) {
      const rest = this.#cut(mark, bytes)
      if (rest === undefined) return
      this.#expected.shift()
      bytes = rest
    }
    // With nothing expected this comes from what an earlier command left in the background.
  }

  /** The bytes after the mark, or undefined while it has not come; then what may belong to it is held back. */
  #cut(mark: Mark, bytes: Buffer): Buffer | undefined {
    const sign = `${mark.nonce}:`
    const at = bytes.indexOf(sign, 0, 'latin1')
    if (at === -1) {
      const settled = Math.max(0, bytes.length - sign.length + 1)
      if (settled > 0) mark.before(bytes.subarray(0, settled))
      this.#held = bytes.subarray(settled)
      return undefined
    }
    if (at > 0) mark.before(bytes.subarray(0, at))
    const end = bytes.indexOf('\n', at, 'latin1')
    if (end === -1 && bytes.length - at < sign.length + longestValue) {
      this.#held = bytes.subarray(at)
      return undefined
    }
    const stop = end === -1 ? bytes.length : end
    mark.reached(bytes.toString('latin1', at + sign.length, stop))
    return bytes.subarray(Math.min(stop + 1, bytes.length))
  }
}
