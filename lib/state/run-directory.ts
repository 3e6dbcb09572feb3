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
import { join, resolve } from 'node:path'
import { randomBytes } from 'node:crypto'
import { thisProcess, type ProcessMark } from '../host/process-mark.ts'
import { standing } from '../task/journal.ts'
import { FileJournal } from './file-journal.ts'

export interface Commit {
  readonly id: string
  /** Whether something was changed and not committed. */
  readonly dirty: boolean
}

export interface Job {
  readonly url: string
  /** Who started it. */
  readonly user?: string
}

/** What a run was asked to do; enough to take it up again. */
export interface RunRecord {
  readonly id: string
  readonly playbook: string
  readonly started: string
  readonly arguments: readonly string[]
  readonly inventory: readonly string[]
  readonly user: string
  /** The hosts that it was to work on, and so has locked. */
  readonly hosts?: readonly string[]
  /** Who works on it, or did last: from that, whoever looks at it knows whether it runs. */
  readonly process?: ProcessMark
  /** What the playbook was at the time. */
  readonly commit?: Commit
  readonly versions?: { readonly troupe: string; readonly node: string }
  /** The CI job that it ran in. */
  readonly job?: Job
  /** How it ended; absent while it runs, and when it was killed. */
  readonly ended?: string
  readonly exitCode?: number
  /** Whether it was reverted as a whole. */
  readonly reverted?: boolean
}

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
    try {
      const record = JSON.parse(readFileSync(join(this.folder, id, 'run.json'), 'utf8')) as RunRecord
      return new RunDirectory(join(this.folder, id), record)
    } catch {
      return undefined
    }
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
  #record: RunRecord
  #events: number | undefined
  readonly #journals = new Map<string, FileJournal>()

  constructor(folder: string, record: RunRecord) {
    this.folder = folder
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
    this.#events ??= openSync(this.eventsFile, 'a', privateFile)
    writeSync(this.#events, line)
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
