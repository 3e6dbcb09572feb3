import { type Becoming, type BecomeWay, becomeWay } from './become.ts'
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
  /** By user. */
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
    return await this.#kept(await this.#way(as))
  }

  /** Starts a program on a channel of its own. */
  async start(program: string, as?: string): Promise<Launched> {
    return await this.#launch(program, await this.#way(as))
  }

  async kill(pid: number, as?: string): Promise<readonly Victim[]> {
    return await this.#kill(pid, undefined, await this.#way(as))
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  /** How to become somebody; undefined when one is that user already, so that nothing is asked. */
  async #way(as: string | undefined): Promise<BecomeWay | undefined> {
    if (as === undefined) return undefined
    const loginUser = await (this.#loginUser ??= this.#askLoginUser())
    return loginUser === as ? undefined : becomeWay(as, loginUser, this.#options.becoming.options)
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

  #kept(way: BecomeWay | undefined): Promise<KeptShell> {
    const user = way?.user
    const existing = this.#shells.get(user)
    if (existing) return existing
    const opening = this.#launch('exec sh', way).then((launched) => {
      const shell = new KeptShell(launched, {
        title: this.#connection.title,
        outputBytes: this.#options.outputBytes,
        kill: (pid, parent) => this.#kill(pid, parent, way),
      })
      void shell.over.then(() => this.#shells.delete(user))
      return shell
    })
    opening.catch(() => this.#shells.delete(user))
    this.#shells.set(user, opening)
    return opening
  }

  #launch(code: string, way: BecomeWay | undefined): Promise<Launched> {
    const { becoming } = this.#options
    const launched = () => launch(this.#connection, code, { way, becoming })
    return way === undefined ? launched() : becoming.attempt(way.user, launched)
  }

  #kill(pid: number, parent: number | undefined, way: BecomeWay | undefined): Promise<readonly Victim[]> {
    return kill(this.#connection, pid, parent, { way, becoming: this.#options.becoming })
  }
}
