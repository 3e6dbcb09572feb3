import type { Screen } from '../../../lib/report/live-area.ts'

const escape = String.fromCharCode(27)
const sequences = new RegExp(`${escape}\\[([?\\d]*)([a-zA-Z])|[^${escape}]`, 'gu')

/** A terminal in memory: knows line feeds, wrapping, cursor up, clearing, and whether the cursor is shown. */
export class MemoryScreen implements Screen {
  columns: number
  rows = 24
  cursorShown = true
  writes = 0
  #lines: string[] = ['']
  #row = 0
  #column = 0

  constructor(columns: number) {
    this.columns = columns
  }

  get lines(): readonly string[] {
    return this.#lines.map((line) => line.trimEnd())
  }

  write(text: string): void {
    this.writes++
    for (const [token, parameter = '', command] of text.matchAll(sequences)) {
      if (command === undefined) this.#put(token)
      else this.#obey(command, parameter)
    }
  }

  /** Rewraps what stands there, as a terminal does when it is made narrower. */
  narrow(columns: number): void {
    const wrapped = this.lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''])
    this.columns = columns
    this.#lines = wrapped
    this.#row = wrapped.length - 1
  }

  #put(character: string): void {
    if (character === '\n') this.#down()
    else if (character === '\r') this.#column = 0
    else {
      if (this.#column >= this.columns) this.#down()
      const line = (this.#lines[this.#row] ?? '').padEnd(this.#column)
      this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1)
      this.#column++
    }
  }

  #down(): void {
    this.#row++
    this.#column = 0
    this.#lines[this.#row] ??= ''
  }

  #obey(command: string, parameter: string): void {
    if (command === 'A') this.#row -= Number(parameter)
    else if (command === 'K') this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column)
    else if (command === 'J')
      this.#lines.splice(this.#row, Infinity, (this.#lines[this.#row] ?? '').slice(0, this.#column))
    else if (parameter === '?25') this.cursorShown = command === 'h'
  }
}
