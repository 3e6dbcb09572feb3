import { stripVTControlCharacters } from 'node:util'
import type { Writable } from './sink.ts'
import { columnsOf } from './text.ts'

/** The terminal a live area stands on. */
export interface Screen extends Writable {
  readonly columns?: number
  readonly rows?: number
}

/** How large a terminal is; one of a job often says that it has no columns at all. */
export function sizeOf({ columns = 0, rows = 0 }: Screen): {
  readonly columns: number
  readonly rows: number
} {
  return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 }
}

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
/** Terminals that know it show a frame at once; the others pass over it. */
const beginFrame = '\u001b[?2026h'
const endFrame = '\u001b[?2026l'
const clearLine = '\u001b[K'
const clearBelow = '\u001b[J'

/** The lines at the bottom of a terminal that are drawn again and again, below those that stay. */
export class LiveArea {
  readonly #screen: Screen
  #drawn: readonly string[] = []
  #shown = false

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Puts `lines` where the area stood, for good, and the area below them; in one write, so that nothing flickers. */
  draw(lines: readonly string[], area: readonly string[]): void {
    if (lines.length === 0 && same(area, this.#drawn)) return
    const up = this.#rows()
    const cursor = area.length > 0 ? hideCursor : showCursor
    const text = [...lines, ...area].map((line) => `${line}${clearLine}\n`).join('')
    this.#screen.write(
      `${beginFrame}${cursor}${up === 0 ? '' : `\u001b[${up}A`}\r${text}${clearBelow}${endFrame}`,
    )
    this.#drawn = area
    this.#shown = area.length > 0
  }

  /** Takes the area away and shows the cursor again. */
  clear(): void {
    if (this.#shown) this.draw([], [])
  }

  /** How many rows the area takes now: a terminal made narrower has wrapped its lines. */
  #rows(): number {
    const { columns } = sizeOf(this.#screen)
    const rows = this.#drawn.map((line) =>
      Math.max(1, Math.ceil(columnsOf(stripVTControlCharacters(line)) / columns)),
    )
    return rows.reduce((sum, of) => sum + of, 0)
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index])
}
