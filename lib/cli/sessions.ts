import { openHost, type OpenHost } from '../host/open.ts'
import type { Holder } from '../host/lock.ts'
import type { Emit } from '../report/events.ts'
import { reveal } from '../secrets/secret.ts'
import type { BecomeOptions } from '../transport/become.ts'
import { openSession } from '../transport/kept-session.ts'
import type { ContactEvent, Session } from '../transport/session.ts'
import type { ConnectionVars } from '../vars/connection.ts'
import { dialingFor } from './dialing.ts'

export interface SessionSettings {
  readonly emit: Emit
  /** In whose name hosts are changed; absent when they are only asked. */
  readonly holder: Holder | undefined
  /** Instead of what its variables say. */
  readonly connectTimeoutMs?: number | undefined
  /** How long a lost host may take to come back. */
  readonly patienceMs: number
  readonly passphrase: (file: string) => Promise<string>
}

/** Opens a host of the inventory as its variables say. */
export async function openInventoryHost(
  name: string,
  connection: ConnectionVars,
  settings: SessionSettings,
): Promise<OpenHost> {
  const { emit, holder } = settings
  const session = await openInventorySession(name, connection, settings)
  try {
    return await openHost({
      name,
      session,
      as: connection.become ? connection.becomeUser : undefined,
      holder,
      onOutput: (text) => emit({ type: 'output', host: name, text }),
      onJobFound: (job) => {
        emit({
          type: 'warning',
          host: name,
          message: `${name}: waiting for "${job}", which an earlier run had started.`,
        })
      },
    })
  } catch (error) {
    await session.close()
    throw error
  }
}

/** A session with a host of the inventory; it connects when it is first used. */
export async function openInventorySession(
  name: string,
  connection: ConnectionVars,
  {
    emit,
    patienceMs,
    passphrase,
    connectTimeoutMs = connection.connectTimeoutMs,
  }: Omit<SessionSettings, 'holder'>,
): Promise<Session> {
  const { retries } = connection
  const { dial, leave } = await dialingFor(connection, { connectTimeoutMs, passphrase })
  return openSession({
    title: name,
    dial,
    become: becomeOptions(connection),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    ...(retries === undefined ? {} : { retries }),
    patienceMs,
    onClosed: leave,
    onContact: (event) => emit({ type: 'contact', host: name, ...contactWords(name, event) }),
  })
}

/** Also where the run works as whoever logs in: a task may want to be somebody else. */
function becomeOptions(connection: ConnectionVars): BecomeOptions {
  const { become, becomeUser, becomeMethod, becomeExe, becomeLogin, becomePassword: password } = connection
  return {
    method: becomeMethod,
    exe: becomeExe,
    login: becomeLogin,
    user: become ? becomeUser : undefined,
    password: password === undefined ? undefined : () => reveal(password),
  }
}

function contactWords(name: string, event: ContactEvent): { state: 'lost' | 'back'; message: string } {
  return event.type === 'lost'
    ? { state: 'lost', message: `Contact with ${name} is lost (${event.why}); trying to get it back.` }
    : { state: 'back', message: `${name} is back after ${Math.round(event.afterMs / 1000)} s.` }
}
