import type { Becoming } from './become.ts'
import type { Connection, Dial } from './connection.ts'
import { Unreachable } from './errors.ts'
import { KeptShell } from './kept-shell.ts'
import { kill, type Victim } from './killing.ts'
import { type Launched, launch } from './launch.ts'

export interface LinkOptions {
  readonly becoming: Becoming
  readonly outputBytes: number
}

/** One connection with its kept shells: that of the login user from the start, others when they are first needed. */
export class Link {
  readonly gone: Promise<string>
  readonly #connection: Connection
  readonly #options: LinkOptions
  readonly #shells = new Map<string | undefined, Promise<KeptShell>>()
  #loginUser: Promise<string> | undefined

  /** Connects, and stands once a shell answers. */
  static async over(dial: Dial, options: LinkOptions): Promise<Link> {
    const link = new Link(await dial(), options)
    try {
      await link.shell()
      return link
    } catch (error) {
      await link.close()
      throw error
    }
  }

  private constructor(connection: Connection, options: LinkOptions) {
    this.#connection = connection
    this.#options = options
    this.gone = connection.gone
    void connection.gone.then(async (why) => {
      for (const shell of this.#shells.values()) {
        shell.then(
          (kept) => kept.abandon(why),
          () => undefined,
        )
      }
    })
  }

  /** The kept shell of a user. */
  async shell(as?: string): Promise<KeptShell> {
    return await this.#kept(await this.#other(as))
  }

  /** Starts a program on a channel of its own. */
  async start(program: string, as?: string): Promise<Launched> {
    return await this.#launch(program, await this.#other(as))
  }

  async kill(pid: number, as?: string): Promise<readonly Victim[]> {
    return await this.#kill(pid, undefined, await this.#other(as))
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  /** Whom to become; undefined when one is that user already, so that nothing is asked of sudo. */
  async #other(as: string | undefined): Promise<string | undefined> {
    if (as === undefined) return undefined
    this.#loginUser ??= this.#askLoginUser()
    return (await this.#loginUser) === as ? undefined : as
  }

  async #askLoginUser(): Promise<string> {
    const shell = await this.#kept(undefined)
    const { code, stdout, stderr } = await shell.run('id -un')
    if (code === 0) return stdout.toString('utf8').trim()
    throw new Unreachable(
      'shell',
      `${this.#connection.title}: "id -un" should name the login user; it ended with exit code ${code} and said: ` +
        stderr.toString('utf8').trim(),
      'The login user needs an entry in /etc/passwd, and the coreutils.',
    )
  }

  #kept(as: string | undefined): Promise<KeptShell> {
    const existing = this.#shells.get(as)
    if (existing) return existing
    const opening = this.#launch('exec sh', as).then((launched) => {
      const shell = new KeptShell(launched, {
        title: this.#connection.title,
        outputBytes: this.#options.outputBytes,
        kill: (pid, parent) => this.#kill(pid, parent, as),
      })
      void shell.over.then(() => this.#shells.delete(as))
      return shell
    })
    opening.catch(() => this.#shells.delete(as))
    this.#shells.set(as, opening)
    return opening
  }

  #launch(code: string, as: string | undefined): Promise<Launched> {
    const { becoming } = this.#options
    const launched = () => launch(this.#connection, code, { as, become: becoming.options })
    return as === undefined ? launched() : becoming.attempt(as, launched)
  }

  #kill(pid: number, parent: number | undefined, as: string | undefined): Promise<readonly Victim[]> {
    return kill(this.#connection, pid, parent, { as, become: this.#options.becoming.options })
  }
}
