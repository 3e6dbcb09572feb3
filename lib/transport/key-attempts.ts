import { homedir } from 'node:os'
import { join } from 'node:path'
import type { AnyAuthMethod } from 'ssh2'
import { agentHolding, isPublicKey } from './agent-keys.ts'
import type { Credentials } from './authentication.ts'
import { Unreachable } from './errors.ts'
import { isEncrypted, KeyUnusable, privateKey } from './private-keys.ts'

/** One try to log in. */
export interface Attempt {
  /** For messages. */
  readonly title: string
  readonly method: AnyAuthMethod
}

export interface KeyAttempts {
  readonly attempts: readonly Attempt[]
  /** Default keys that were passed over, and why. */
  readonly notes: readonly string[]
}

/** The keys to try, in turn: those that were named, all of the agent, OpenSSH's own where none were named. */
export async function keyAttempts(credentials: Credentials): Promise<KeyAttempts> {
  const { user: username, agent, identitiesOnly = false, keyFiles } = credentials
  const named = await Promise.all((keyFiles ?? []).map((file) => namedKey(credentials, file).catch(refuse)))
  const wholeAgent: readonly Attempt[] =
    agent === undefined || identitiesOnly
      ? []
      : [{ title: 'the agent', method: { type: 'agent', username, agent } }]
  const own = keyFiles === undefined ? await defaultKeys(credentials) : { attempts: [], notes: [] }
  return { attempts: [...named.flat(), ...wholeAgent, ...own.attempts], notes: own.notes }
}

/** What an agent holds needs no passphrase here; without anybody to ask, it is left to the agent. */
async function namedKey(credentials: Credentials, file: string): Promise<readonly Attempt[]> {
  const { agent, passphrase } = credentials
  const closed = agent !== undefined && ((await isEncrypted(file)) === true || (await isPublicKey(file)))
  const held = closed ? await heldKey(credentials, file) : []
  if (held.length > 0) return held
  return closed && passphrase === undefined ? [] : [await keyFromFile(credentials, file)]
}

/** Default keys are a convenience: one that cannot be used is passed over, and nobody is asked for its passphrase. */
async function defaultKeys(credentials: Credentials): Promise<KeyAttempts> {
  const attempts: Attempt[] = []
  const notes: string[] = []
  for (const name of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
    const file = join(homedir(), '.ssh', name)
    const encrypted = await isEncrypted(file)
    if (encrypted === undefined) continue
    const held = encrypted && credentials.identitiesOnly === true ? await heldKey(credentials, file) : []
    attempts.push(...held)
    if (held.length > 0) continue
    if (encrypted) notes.push(`${file} (encrypted; load it into an agent or name it)`)
    else {
      try {
        attempts.push(await keyFromFile({ user: credentials.user }, file))
      } catch (error) {
        notes.push(`${file} (${(error as Error).message})`)
      }
    }
  }
  return { attempts, notes }
}

async function heldKey(
  { user: username, agent: socket }: Credentials,
  file: string,
): Promise<readonly Attempt[]> {
  const agent = socket === undefined ? undefined : await agentHolding(socket, file)
  return agent === undefined
    ? []
    : [{ title: `the key ${file}, by the agent`, method: { type: 'agent', username, agent } }]
}

async function keyFromFile({ user: username, passphrase }: Credentials, file: string): Promise<Attempt> {
  const key = await privateKey(file, passphrase)
  return { title: `the key ${file}`, method: { type: 'publickey', username, key } }
}

function refuse(error: unknown): never {
  if (error instanceof KeyUnusable)
    throw new Unreachable('auth', error.message, error.advice, { cause: error })
  throw error
}
