import { ContactLost } from '../transport/errors.ts'
import type { Output, Session } from '../transport/session.ts'
import type { Secret } from '../secrets/secret.ts'
import type { Command } from './command.ts'
import type { ContentStore } from './content.ts'
import {
  CommandFailed,
  type Answer,
  type Hash,
  type HostReader,
  type QueryOptions,
  type Stat,
} from './host.ts'
import { beforeImage, quotedPath } from './paths.ts'
import { parseStats, statScript } from './stat.ts'

export interface PosixOptions {
  readonly name: string
  readonly session: Session
  /** The user that the host is worked on as; the login user when absent. */
  readonly as?: string | undefined
  readonly contents: ContentStore
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

  constructor({ name, session, as, contents }: PosixOptions) {
    this.name = name
    this.session = session
    this.as = as
    this.contents = contents
  }

  async query(command: Command, options: QueryOptions = {}): Promise<Answer> {
    return this.#again(async () => this.checked(command, await this.run(command.text, options), options.ok))
  }

  async stat(paths: readonly string[]): Promise<readonly Stat[]> {
    const parts = await Promise.all(
      chunks(paths, pathsAtOnce).map(async (some) => {
        const answer = await this.query({ text: statScript(some) })
        return parseStats(this.name, some, answer, (sha256) => this.contents.hashOf(sha256))
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

  protected run(script: string, { as, timeoutMs }: QueryOptions): Promise<Output> {
    const user = as ?? this.as
    return this.session.run(script, {
      timeoutMs: timeoutMs ?? queryTimeoutMs,
      ...(user === undefined ? {} : { as: user }),
    })
  }

  protected checked(command: Command, output: Output, ok: readonly number[] = [0]): Answer {
    const answer = { code: output.code, stdout: output.stdout.toString(), stderr: output.stderr.toString() }
    if (!ok.includes(answer.code)) throw new CommandFailed(this.name, command, answer)
    return answer
  }

  async #readFile(path: string): Promise<Buffer | undefined> {
    const word = quotedPath(path)
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
