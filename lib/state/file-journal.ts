import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { UserError } from '../errors.ts'
import type { Entry, Journal } from '../task/journal.ts'

const privateFile = 0o600

/** A journal as lines of JSON, each on disk before `append` returns; a line that a kill cut short does not count. */
export class FileJournal implements Journal {
  readonly #file: string
  readonly #entries: Entry[]
  #descriptor: number | undefined
  #last: number

  constructor(file: string) {
    this.#file = file
    this.#entries = existsSync(file) ? readEntries(file) : []
    this.#last = this.#entries.reduce((last, { n }) => Math.max(last, n), 0)
  }

  get entries(): readonly Entry[] {
    return this.#entries
  }

  next(): number {
    return this.#last + 1
  }

  append(entry: Entry): void {
    this.#write(Buffer.from(`${JSON.stringify(entry)}\n`))
    this.#entries.push(entry)
    this.#last = Math.max(this.#last, entry.n)
  }

  /** What a full disk took only in part must not stand before the next line either. */
  #write(line: Buffer): void {
    this.#descriptor ??= openAtWholeLine(this.#file)
    try {
      for (let at = 0; at < line.length;) at += writeSync(this.#descriptor, line, at)
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}

/** What a kill cut short must not stand before the next line. */
function openAtWholeLine(file: string): number {
  if (existsSync(file)) truncateSync(file, Buffer.byteLength(wholeLines(file)))
  return openSync(file, 'a', privateFile)
}

function readEntries(file: string): Entry[] {
  return wholeLines(file)
    .split('\n')
    .flatMap((line, index) => (line === '' ? [] : entryOf(line, `${file}:${index + 1}`)))
}

/** A damaged line may name a change that stands: to pass over it would be to forget that. */
function entryOf(line: string, where: string): Entry {
  const entry = parsed(line)
  if (isEntry(entry)) return entry
  throw new UserError(
    `${where} is damaged: it should be one entry of a journal, and begins with ${JSON.stringify(line.slice(0, 40))}.`,
    'Look at what it can have been, put right by hand what it names, and take the line out.',
  )
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false
  const { type, n, id, kind, from, to } = value as Readonly<Record<string, unknown>>
  if (!Number.isSafeInteger(n)) return false
  if (type === 'done' || type === 'undone' || type === 'kept') return true
  const isState = (state: unknown) => typeof state === 'object' && state !== null && 'is' in state
  if (type === 'undoing') return isState(to)
  return (
    type === 'intent' && typeof id === 'string' && typeof kind === 'string' && isState(from) && isState(to)
  )
}

function wholeLines(file: string): string {
  const text = readFileSync(file, 'utf8')
  return text.slice(0, text.lastIndexOf('\n') + 1)
}
