import { homedir } from 'node:os'
import { join } from 'node:path'
import type {
  AnyAuthMethod,
  AuthenticationType,
  AuthHandlerMiddleware,
  KeyboardInteractiveAuthMethod,
} from 'ssh2'
import { Unreachable } from './errors.ts'
import { type AskPassphrase, isEncrypted, KeyUnusable, privateKey } from './private-keys.ts'

export interface Credentials {
  readonly user: string
  /** The keys to log in with; when there are none, OpenSSH's own in ~/.ssh. */
  readonly keyFiles?: readonly string[] | undefined
  readonly passphrase?: AskPassphrase | undefined
  /** Gives the password when it is sent; tried once. */
  readonly password?: (() => string) | undefined
  /** The socket of an ssh agent. */
  readonly agent?: string | undefined
}

interface Attempt {
  /** For messages. */
  readonly title: string
  readonly method: AnyAuthMethod
}

/** What authenticates in one connection, in turn: the keys that were named, the agent, default keys, the password. */
export class Authentication {
  readonly #credentials: Credentials
  readonly #queue: Attempt[]
  readonly #tried: string[] = []
  /** Default keys that were passed over, and why. */
  readonly #notes: readonly string[]
  #offered: readonly string[] = []
  #passwordUsed = false

  /** Reads the keys, asking for passphrases; throws `Unreachable` when one that was named cannot be used. */
  static async prepared(credentials: Credentials): Promise<Authentication> {
    const { user, agent, keyFiles = [], passphrase } = credentials
    const named: Attempt[] = []
    for (const file of keyFiles) {
      // What an agent holds needs no passphrase here.
      if (agent !== undefined && passphrase === undefined && (await isEncrypted(file))) continue
      named.push(await keyAttempt(user, file, passphrase).catch(refuse))
    }
    const fromAgent: Attempt[] =
      agent === undefined ? [] : [{ title: 'the agent', method: { type: 'agent', username: user, agent } }]
    const defaults = keyFiles.length > 0 ? { attempts: [], notes: [] } : await defaultKeys(user)
    return new Authentication(credentials, [...named, ...fromAgent, ...defaults.attempts], defaults.notes)
  }

  private constructor(credentials: Credentials, queue: Attempt[], notes: readonly string[]) {
    this.#credentials = credentials
    this.#queue = queue
    this.#notes = notes
    // Without a key there is nothing to learn the host's ways of logging in from but an empty attempt.
    if (queue.length === 0 && credentials.password) {
      queue.push({ title: '', method: { type: 'none', username: credentials.user } })
    }
  }

  readonly handler: AuthHandlerMiddleware = (offered, _partial, next) => {
    // @types/ssh2 hides that the first call has no list, and that `false` ends it.
    this.#offered = (offered as AuthenticationType[] | null) ?? []
    const next_ = next as (method: AnyAuthMethod | false) => void
    const open = (type: string) => !offered || this.#offered.includes(type as AuthenticationType)
    for (let attempt = this.#queue.shift(); attempt; attempt = this.#queue.shift()) {
      const type = attempt.method.type === 'agent' ? 'publickey' : attempt.method.type
      if (type !== 'none' && !open(type)) continue
      if (attempt.title !== '') this.#tried.push(attempt.title)
      return next_(attempt.method)
    }
    next_(this.#password(open) ?? false)
  }

  /** Why nothing let us in. */
  failure(title: string): Unreachable {
    const tried = this.#tried.join(', ') || 'nothing, for there was no key, no agent and no password'
    const offered = this.#offered.length > 0 ? `; the host accepts: ${this.#offered.join(', ')}` : ''
    const notes = this.#notes.length > 0 ? `; passed over: ${this.#notes.join(', ')}` : ''
    return new Unreachable(
      'auth',
      `${title} refused the login. Tried: ${tried}${offered}${notes}.`,
      this.#passwordUsed
        ? 'Correct the password (ansible_password or --ask-pass) or the user (ansible_user). ' +
            'It was sent once and is not tried again, so that the account is not locked.'
        : `Add a public key to ~${this.#credentials.user}/.ssh/authorized_keys there, or name another key ` +
            '(ansible_ssh_private_key_file) or user (ansible_user), or give a password (--ask-pass).',
    )
  }

  /** The password goes out once, by whichever way the host takes it: a second time counts as a second failure. */
  #password(open: (type: string) => boolean): AnyAuthMethod | undefined {
    const { user: username, password } = this.#credentials
    if (!password || this.#passwordUsed) return undefined
    this.#passwordUsed = true
    this.#tried.push('the password')
    if (open('password')) return { type: 'password', username, password: password() }
    if (!open('keyboard-interactive')) return undefined
    const prompt: KeyboardInteractiveAuthMethod['prompt'] = (
      _name,
      _instructions,
      _language,
      prompts,
      finish,
    ) => finish(prompts.map(({ echo }) => (echo ? '' : password())))
    return { type: 'keyboard-interactive', username, prompt }
  }
}

async function keyAttempt(
  username: string,
  file: string,
  passphrase: AskPassphrase | undefined,
): Promise<Attempt> {
  const key = await privateKey(file, passphrase)
  return { title: `the key ${file}`, method: { type: 'publickey', username, key } }
}

function refuse(error: unknown): never {
  if (error instanceof KeyUnusable)
    throw new Unreachable('auth', error.message, error.advice, { cause: error })
  throw error
}

/** Default keys are a convenience: one that cannot be used is passed over, and nobody is asked for its passphrase. */
async function defaultKeys(user: string): Promise<{ attempts: Attempt[]; notes: string[] }> {
  const attempts: Attempt[] = []
  const notes: string[] = []
  for (const name of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
    const file = join(homedir(), '.ssh', name)
    const encrypted = await isEncrypted(file)
    if (encrypted === undefined) continue
    if (encrypted) notes.push(`${file} (encrypted; load it into an agent or name it)`)
    else {
      try {
        attempts.push(await keyAttempt(user, file, undefined))
      } catch (error) {
        notes.push(`${file} (${(error as Error).message})`)
      }
    }
  }
  return { attempts, notes }
}
