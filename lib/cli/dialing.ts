import { reveal } from '../secrets/secret.ts'
import type { Bastions } from '../transport/bastions.ts'
import type { Dial } from '../transport/connection.ts'
import type { ConnectionVars } from '../vars/connection.ts'

export interface DialSettings {
  readonly connectTimeoutMs: number | undefined
  readonly passphrase: (file: string) => Promise<string>
}

export interface Dialing {
  readonly dial: Dial
  /** Lets go of what it shares with other hosts. */
  readonly leave: () => Promise<void>
}

/** All hosts of this process share them; the last session that goes through one closes it. */
let bastions: Bastions | undefined

/** How a host is dialled: as its variables say, and where they are silent, as ssh_config says. */
export async function dialingFor(
  connection: ConnectionVars,
  { connectTimeoutMs, passphrase }: DialSettings,
): Promise<Dialing> {
  if (connection.connection !== 'ssh') {
    const { dialCommand, dialLocal } = await import('../transport/process-connection.ts')
    const command = commandFor(connection)
    const dial = command === undefined ? dialLocal() : dialCommand(command)
    return { dial, leave: async () => undefined }
  }
  const [{ wayTo }, { Bastions }] = await Promise.all([
    import('../transport/way.ts'),
    import('../transport/bastions.ts'),
  ])
  const { address, password } = connection
  const way = await wayTo(address, {
    ...connection,
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
  })
  bastions ??= new Bastions()
  return bastions.along(way, {
    passphrase,
    password: password === undefined ? undefined : () => reveal(password),
  })
}

/** What gives a shell of a host that is not reached by ssh; undefined for this machine. */
function commandFor({ connection, command, address, user }: ConnectionVars): readonly string[] | undefined {
  if (connection === 'command') return command
  if (connection === 'local') return undefined
  return [connection, 'exec', '-i', ...(user === undefined ? [] : ['--user', user]), address, 'sh']
}
