import { ContactLost, Unreachable } from '../transport/errors.ts'
import type { Output, Session } from '../transport/session.ts'
import type { Secret } from '../secrets/secret.ts'
import { exported, type Command } from './command.ts'
import { asOther, checkUser } from './as-other.ts'
import type { ContentStore } from './content.ts'
import {
  CannotBecome,
  CommandFailed,
  type Answer,
  type Hash,
  type HostReader,
  type QueryOptions,
  type Stat,
  type Worker,
} from './host.ts'
import { askForRoot, type Footing } from './footing.ts'
import { beforeImage, placeOf, quotedPath } from './paths.ts'
import { parseStats, statScript } from './stat.ts'
import { Together } from './together.ts'

export interface PosixOptions {
  readonly name: string
  readonly session: Session
  /** The user that the host is worked on as; the login user when absent. */
  readonly as?: string | undefined
  readonly contents: ContentStore
  readonly footing: Footing
}

/** One command line holds this many paths. */
const pathsAtOnce = 400
const queryTimeoutMs = 60_000

/** Asks a host through its kept shell, by what POSIX and the usual coreutils have. */
export class PosixReader implements HostReader {
  readonly name: string
  protected readonly session: Session
  protected readonly as: string | undefined
  protected readonly contents: ContentStore
  protected readonly footing: Footing
  readonly #looks = new Together((paths: readonly string[]) => this.#look(paths))

  constructor({ name, session, as, contents, footing }: PosixOptions) {
    this.name = name
    this.session = session
    this.as = as
    this.contents = contents
    this.footing = footing
  }

  get worker(): Worker {
    return this.footing.worker
  }

  async query(command: Command, options: QueryOptions = {}): Promise<Answer> {
    const script = exported(options.env ?? {}) + command.text
    return this.#again(async () => this.checked(command, await this.run(script, options), options.ok))
  }

  stat(paths: readonly string[]): Promise<readonly Stat[]> {
    return this.#looks.ask(paths)
  }

  async #look(paths: readonly string[]): Promise<readonly Stat[]> {
    const parts = await Promise.all(
      chunks(
        paths.map((path) => this.place(path)),
        pathsAtOnce,
      ).map(async (some) => {
        const answer = await this.query({ text: statScript(some) })
        return parseStats(
          this.name,
          some,
          answer,
          (sha256) => this.contents.hashOf(sha256),
          (said) => askForRoot(this.worker, said),
        )
      }),
    )
    return parts.flat()
  }

  async readFiles(paths: readonly string[]): Promise<readonly (Buffer | undefined)[]> {
    return this.#again(() => Promise.all(paths.map((path) => this.#readFile(path))))
  }

  keep(content: string | Buffer | Secret): Hash {
    return this.contents.keep(content)
  }

  hashOf(sha256: string): Hash {
    return this.contents.hashOf(sha256)
  }

  async bytes(hash: Hash): Promise<Buffer> {
    const kept = this.contents.get(hash)
    if (kept !== undefined) return kept
    const [before] = await this.readFiles([beforeImage(hash)])
    if (before === undefined) {
      throw new Error(`The content ${hash} is not to be had on ${this.name}: no before-image has that hash.`)
    }
    return before
  }

  protected async run(script: string, { as, timeoutMs = queryTimeoutMs }: QueryOptions): Promise<Output> {
    const other = as === this.worker.owner ? undefined : as
    if (other !== undefined && this.worker.isRoot) {
      const output = await this.run(asOther(script, other), { timeoutMs })
      checkUser(this.name, other, output)
      return output
    }
    const user = other ?? this.as
    try {
      return await this.session.run(script, { timeoutMs, ...(user === undefined ? {} : { as: user }) })
    } catch (error) {
      const cannot = other !== undefined && error instanceof Unreachable && error.reason === 'become'
      throw cannot ? new CannotBecome(`${error.message} ${error.advice}`, { cause: error }) : error
    }
  }

  protected checked(command: Command, output: Output, ok: readonly number[] = [0]): Answer {
    const answer = { code: output.code, stdout: output.stdout.toString(), stderr: output.stderr.toString() }
    if (ok.includes(answer.code)) return answer
    throw new CommandFailed(this.name, command, answer, askForRoot(this.worker, answer.stderr))
  }

  /** Where a path stands on this host: what is ours is elsewhere for everybody but root. */
  protected place(path: string): string {
    return placeOf(path, this.footing.paths)
  }

  async #readFile(path: string): Promise<Buffer | undefined> {
    const word = quotedPath(this.place(path))
    const script = `[ -e ${word} ] || [ -h ${word} ] || exit 44; exec cat -- ${word}`
    const output = await this.run(script, {})
    if (output.code === absent) return undefined
    this.checked({ text: `cat ${word}` }, output)
    return output.stdout
  }

  /** A question may be asked again; it waits until there is contact. */
  async #again<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (!(error instanceof ContactLost)) throw error
        await this.session.contact()
      }
    }
  }
}

/** An exit code that no program of ours uses, for a file that is not there. */
const absent = 44

function chunks<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let start = 0; start < all.length; start += size) parts.push(all.slice(start, start + size))
  return parts
}
