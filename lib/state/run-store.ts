import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { thisProcess } from '../host/process-mark.ts'
import { standing } from '../task/journal.ts'
import { modes, RunDirectory } from './run-directory.ts'
import { readRecord, type RunRecord } from './run-record.ts'

/** Where runs are kept: `TROUPE_STATE`, else `.troupe` in the working directory. */
export function stateFolder(): string {
  return process.env['TROUPE_STATE'] ?? '.troupe'
}

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
    mkdirSync(join(this.folder, id, 'journal'), { recursive: true, mode: modes.folder })
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
    writeFileSync(`${file}.new`, hosts.map((host) => `${host}\n`).join(''), { mode: modes.file })
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

  /** The latest run of whose changes some are still to be undone: `--revert last`. */
  lastToRevert(): RunDirectory | undefined {
    return this.list().findLast((run) => run.record.reverted !== true && run.hasToUndo())
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
