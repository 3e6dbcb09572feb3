import type { Becoming, BecomeWay } from './become.ts'
import { fromRoot, methods } from './become-method.ts'
import type { Channel, Connection } from './connection.ts'
import type { Tail } from './tail.ts'
import { openUnderTerminal } from './terminal.ts'

export interface OpenAsOptions {
  readonly way: BecomeWay
  readonly becoming: Becoming
  /** What sudo is to ask with, where there is a password to answer with. */
  readonly prompt: string | undefined
  /** Hears what comes before the program. */
  readonly said: Tail
  readonly urgent: boolean
}

/** Opens a channel on which shell code will run as somebody else, under a terminal where it takes one to get there. */
export function openAs(
  connection: Connection,
  code: string,
  { way, becoming, prompt, said, urgent }: OpenAsOptions,
): Promise<Channel> {
  if (way.first === undefined) return connection.open(fromRoot(way.user, code), { urgent })
  const { method = 'sudo', exe, login } = becoming.options
  const { terminal } = becoming
  const program = methods[method].line({
    user: way.first,
    code: way.then === undefined ? code : fromRoot(way.then, code),
    exe,
    login,
    prompt,
    terminal,
  })
  if (!terminal) return connection.open(program, { urgent })
  return openUnderTerminal(connection, program, (noise) => said.push(noise), { urgent })
}
