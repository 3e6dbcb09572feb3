import type { OpenHost } from '../host/open.ts'
import type { Emit } from '../report/events.ts'
import { HostRun } from '../task/host-run.ts'
import type { Journal } from '../task/journal.ts'
import { readMemory, saveOrigins } from '../task/memory.ts'
import { Unreachable } from '../transport/errors.ts'

export interface FleetOptions {
  /** Opens a host, for changes or only to be asked. */
  open(name: string, forChanges: boolean): Promise<OpenHost>
  /** The journal of a host; absent when nothing is changed. */
  readonly journal?: ((name: string) => Journal) | undefined
  readonly emit: Emit
}

interface Opened {
  readonly run: HostRun
  readonly open: OpenHost
}

/** The hosts of one run, each opened once. */
export class Fleet {
  readonly #options: FleetOptions
  readonly #hosts = new Map<string, Promise<Opened>>()
  /** Those that are only asked: nobody else is kept from working on them. */
  readonly #asked = new Map<string, Promise<Opened>>()

  constructor(options: FleetOptions) {
    this.#options = options
  }

  /** A host as the run knows it; opened when it is first asked for. */
  async host(name: string): Promise<HostRun> {
    const { run } = await this.#opened(name)
    if (run.fatal instanceof Unreachable) throw run.fatal
    return run
  }

  /** A host to be asked; one that this run has not opened for changes is not taken for that. */
  async asked(name: string): Promise<HostRun> {
    const { journal } = this.#options
    if (journal === undefined || this.#hosts.has(name)) return this.host(name)
    const known = this.#asked.get(name) ?? this.#open(name, false)
    this.#asked.set(name, known)
    const { run } = await known
    if (run.fatal instanceof Unreachable) throw run.fatal
    return run
  }

  /** Whether the run had begun to change a host before it was taken up again. */
  hasBegun(name: string): boolean {
    return (this.#options.journal?.(name).entries.length ?? 0) > 0
  }

  /** Hosts that were opened and can still be worked with. */
  async reachable(names: readonly string[]): Promise<readonly HostRun[]> {
    const runs = await Promise.all(names.map((name) => this.host(name).catch(() => undefined)))
    return runs.flatMap((run) => (run === undefined || run.fatal !== undefined ? [] : [run]))
  }

  /** Why a host cannot be worked with any more; undefined where it can. */
  async lossOf(name: string): Promise<Unreachable | undefined> {
    try {
      await this.host(name)
      return undefined
    } catch (error) {
      if (error instanceof Unreachable) return error
      throw error
    }
  }

  /** Nothing of a run, or of any where none is named, stands on the host any more. */
  async forget(name: string, runId?: string): Promise<void> {
    const { open, run } = await this.#opened(name)
    await saveOrigins(run)
    await open.forget(runId)
  }

  /** A new batch begins: what hosts tell each other is asked anew. */
  async startBatch(): Promise<void> {
    for (const { run } of await this.#settled()) run.startBatch()
  }

  /** Whether a plan foresees changes anywhere: what is asked of the cluster then is not yet what will be. */
  async pending(): Promise<boolean> {
    return (await this.#settled()).some(({ run }) => run.pending)
  }

  /** Ends what is running on the hosts, for an impatient user. */
  async kill(): Promise<void> {
    await Promise.allSettled((await this.#settled()).map(({ open }) => open.kill()))
  }

  async close(): Promise<void> {
    await Promise.allSettled((await this.#settled()).map(leave))
  }

  #opened(name: string): Promise<Opened> {
    const known = this.#hosts.get(name)
    if (known !== undefined) return known
    const opened = this.#open(name, this.#options.journal !== undefined)
    this.#hosts.set(name, opened)
    return opened
  }

  async #open(name: string, forChanges: boolean): Promise<Opened> {
    const { journal, emit } = this.#options
    const onLost = ({ message, advice }: Unreachable) => {
      emit({ type: 'contact', state: 'given-up', host: name, message: `${message} ${advice}` })
    }
    try {
      const open = await this.#options.open(name, forChanges)
      const memory = await readMemory(open.reader)
      const { reader, host } = open
      return {
        open,
        run: new HostRun({ reader, host, journal: forChanges ? journal?.(name) : undefined, memory, onLost }),
      }
    } catch (error) {
      if (error instanceof Unreachable) onLost(error)
      throw error
    }
  }

  async #settled(): Promise<readonly Opened[]> {
    const all = await Promise.allSettled([...this.#hosts.values(), ...this.#asked.values()])
    return all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  }
}

async function leave({ run, open }: Opened): Promise<void> {
  // That a move came to its end is written together with the next one; of the last ones it is written here.
  if (!(run.fatal instanceof Unreachable) && run.hasChanged) await saveOrigins(run).catch(() => {})
  await open.close()
}
