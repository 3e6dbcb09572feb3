import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { randomBytes } from 'node:crypto'
import { thisProcess } from '../host/process-mark.ts'
import { standing } from '../task/journal.ts'
import { FileJournal } from './file-journal.ts'
import { readRecord, type Configuration, type RunRecord } from './run-record.ts'

/** Where runs are kept: `TROUPE_STATE`, else `.troupe` in the working directory. */
export function stateFolder(): string {
  return process.env['TROUPE_STATE'] ?? '.troupe'
}

const privateDirectory = 0o700
const privateFile = 0o600

/** All runs against one cluster: `.troupe/CLUSTER/runs/ID`. */
export class RunStore {
  readonly folder: string

  constructor(cluster: string, base: string = stateFolder()) {
    this.folder = resolve(base, cluster, 'runs')
  }

  /** The stores of all clusters that have one. */
  static all(base: string = stateFolder()): readonly RunStore[] {
    if (!existsSync(base)) return []
    return readdirSync(base).map((cluster) => new RunStore(cluster, base))
  }

  /** Begins a run; its name sorts by time and is never given twice. */
  create(record: Omit<RunRecord, 'id' | 'started' | 'process'>, now: Date = new Date()): RunDirectory {
    const stamp = now.toISOString().replaceAll(/[-:.]|Z$/g, '')
    const id = `${stamp}-${randomBytes(3).toString('hex')}`
    mkdirSync(join(this.folder, id, 'journal'), { recursive: true, mode: privateDirectory })
    const started = now.toISOString()
    const run = new RunDirectory(join(this.folder, id), { ...record, id, started, process: thisProcess() })
    run.save()
    return run
  }

  /** All runs, oldest first; a folder whose record cannot be read is none. */
  list(): readonly RunDirectory[] {
    if (!existsSync(this.folder)) return []
    return readdirSync(this.folder)
      .toSorted()
      .flatMap((id) => this.find(id) ?? [])
  }

  find(id: string): RunDirectory | undefined {
    const record = readRecord(join(this.folder, id))
    return record === undefined ? undefined : new RunDirectory(join(this.folder, id), record)
  }

  /** Names the hosts that the last run did not bring to its end, one a line: `--limit @FILE`. */
  get retryFile(): string {
    return join(this.folder, '..', 'retry')
  }

  /** Writes the retry file, or takes it away where no host is left; gives it where there is one. */
  saveRetry(hosts: readonly string[]): string | undefined {
    const file = this.retryFile
    if (hosts.length === 0) {
      rmSync(file, { force: true })
      return undefined
    }
    writeFileSync(`${file}.new`, hosts.map((host) => `${host}\n`).join(''), { mode: privateFile })
    renameSync(`${file}.new`, file)
    return file
  }

  /** The latest run of a playbook, when it did not end well: what `--resume` takes up. */
  unfinished(playbook: string): RunDirectory | undefined {
    const last = this.list()
      .filter(({ record }) => record.playbook === playbook)
      .at(-1)
    if (last === undefined || last.record.reverted === true) return undefined
    return endedWell(last.record) ? undefined : last
  }

  /** The latest run that changed something and still stands: `--revert last`. */
  lastToRevert(): RunDirectory | undefined {
    return this.list().findLast((run) => run.record.reverted !== true && run.journaledHosts().length > 0)
  }

  /** The run after `id` that changed a thing on a host and still stands, if there is one. */
  laterRun(id: string, host: string, thing: string): string | undefined {
    return this.list().find(({ record, journal }) => {
      return record.id > id && standing(journal(host).entries).some((intent) => intent.id === thing)
    })?.record.id
  }
}

/** It did what it was asked to: 3 only says, on request, that something changed. */
function endedWell({ exitCode }: RunRecord): boolean {
  return exitCode === 0 || exitCode === 3
}

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
    writeFileSync(file, `${JSON.stringify(configuration, null, 2)}\n`, { mode: privateFile })
  }

  /** Undefined for a run that kept none. */
  configuration(): Configuration | undefined {
    const file = join(this.folder, 'configuration.json')
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Configuration) : undefined
  }

  /** Keeps what is known of a failure on a host; gives the file. */
  saveEvidence(host: string, text: string): string {
    const folder = join(this.folder, 'evidence')
    mkdirSync(folder, { recursive: true, mode: privateDirectory })
    const name = encodeURIComponent(host)
    const known = readdirSync(folder)
    let n = 1
    while (known.includes(`${name}-${n}.txt`)) n++
    const file = join(folder, `${name}-${n}.txt`)
    writeFileSync(file, text, { mode: privateFile, flag: 'wx' })
    return file
  }

  save(): void {
    const file = join(this.folder, 'run.json')
    writeFileSync(`${file}.new`, `${JSON.stringify(this.#record, null, 2)}\n`, { mode: privateFile })
    renameSync(`${file}.new`, file)
  }
}

/** A line that a kill cut short stays one by itself. */
function openAtNewLine(file: string): number {
  const cut = existsSync(file) && !/(^|\n)$/.test(readFileSync(file, 'utf8').slice(-1))
  const descriptor = openSync(file, 'a', privateFile)
  if (cut) writeSync(descriptor, '\n')
  return descriptor
}
