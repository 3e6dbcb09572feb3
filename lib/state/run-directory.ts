import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { thisProcess } from '../host/process-mark.ts'
import { changesToUndo } from '../task/journal.ts'
import { FileJournal } from './file-journal.ts'
import type { Configuration, RunRecord } from './run-record.ts'

/** The modes of all that a run leaves on the controller. */
export const modes = { folder: 0o700, file: 0o600 } as const

/** One run on disk. Everything in it is readable by its owner alone. */
export class RunDirectory {
  readonly folder: string
  /** What its runs are filed under. */
  readonly cluster: string
  #record: RunRecord
  #events: number | undefined
  readonly #journals = new Map<string, FileJournal>()

  constructor(folder: string, record: RunRecord) {
    this.folder = folder
    this.cluster = basename(resolve(folder, '../..'))
    this.#record = record
  }

  get record(): RunRecord {
    return this.#record
  }

  /** The journal of one host; made when it is first written. */
  readonly journal = (host: string): FileJournal => {
    const known = this.#journals.get(host)
    if (known !== undefined) return known
    const journal = new FileJournal(join(this.folder, 'journal', `${encodeURIComponent(host)}.jsonl`))
    this.#journals.set(host, journal)
    return journal
  }

  /** The hosts that have a journal. */
  journaledHosts(): readonly string[] {
    const folder = join(this.folder, 'journal')
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => decodeURIComponent(name.slice(0, -'.jsonl'.length)))
  }

  /** Whether something that it did is still to be undone. */
  hasToUndo(): boolean {
    return this.journaledHosts().some((host) => changesToUndo(this.journal(host).entries).length > 0)
  }

  update(changes: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...changes }
    this.save()
  }

  /** Notes that this process goes on with it, so that it counts as running again. */
  reopen(): void {
    const { ended: _ended, exitCode: _exitCode, ...rest } = this.#record
    this.#record = { ...rest, process: thisProcess() }
    this.save()
  }

  get eventsFile(): string {
    return join(this.folder, 'events.jsonl')
  }

  appendEvent(line: string): void {
    this.#events ??= openAtNewLine(this.eventsFile)
    writeSync(this.#events, line)
  }

  /** Keeps what the run was told: groups, and the variables of every host. It must hold no secret. */
  saveConfiguration(configuration: Configuration): void {
    const file = join(this.folder, 'configuration.json')
    writeFileSync(file, `${JSON.stringify(configuration, null, 2)}\n`, { mode: modes.file })
  }

  /** Undefined for a run that kept none. */
  configuration(): Configuration | undefined {
    const file = join(this.folder, 'configuration.json')
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Configuration) : undefined
  }

  /** Keeps what is known of a failure on a host; gives the file. */
  saveEvidence(host: string, text: string): string {
    const folder = join(this.folder, 'evidence')
    mkdirSync(folder, { recursive: true, mode: modes.folder })
    const name = encodeURIComponent(host)
    const known = readdirSync(folder)
    let n = 1
    while (known.includes(`${name}-${n}.txt`)) n++
    const file = join(folder, `${name}-${n}.txt`)
    writeFileSync(file, text, { mode: modes.file, flag: 'wx' })
    return file
  }

  save(): void {
    const file = join(this.folder, 'run.json')
    writeFileSync(`${file}.new`, `${JSON.stringify(this.#record, null, 2)}\n`, { mode: modes.file })
    renameSync(`${file}.new`, file)
  }
}

/** A line that a kill cut short stays one by itself. */
function openAtNewLine(file: string): number {
  const cut = existsSync(file) && !/(^|\n)$/.test(readFileSync(file, 'utf8').slice(-1))
  const descriptor = openSync(file, 'a', modes.file)
  if (cut) writeSync(descriptor, '\n')
  return descriptor
}
