import type { Channel, Connection, Exit, OpenOptions } from './connection.ts'
import { untilMark } from './first-mark.ts'
import { nonce, printMark } from './marks.ts'
import { quoted } from './quoting.ts'

/**
 * A terminal spoils bytes: it echoes, turns line ends around, takes some for keys, and has one output for two. But
 * su and doas read a password from nothing else, and sudo may be told to want one. So the program gets a terminal
 * and keeps away from it: a shell of the login user under the terminal makes three named pipes in a folder that
 * nobody else can enter, a second channel without a terminal takes their other ends, and the pipes are unlinked
 * before anybody is become. What sudo, su or doas starts has inherited them already, so whoever it is needs no right
 * to open them. Over the terminal itself only the question and the password go.
 */
export interface UnderTerminal extends Channel {
  readonly terminal: Channel
}

/** Redirections by which a program leaves the terminal for the pipes. */
export const takeOver = '<&3 >&4 2>&5 3<&- 4>&- 5>&-'

/** Starts a program that stands under a terminal; it is to leave it by `takeOver`. */
export async function openUnderTerminal(
  connection: Connection,
  program: string,
  onNoise: (noise: Buffer) => void,
  { urgent = false }: OpenOptions,
): Promise<UnderTerminal> {
  const mark = nonce()
  const terminal = await connection.open(underTerminal(mark, program), { terminal: true, urgent })
  terminal.stdin.on('error', () => undefined)
  terminal.stderr.resume()
  let beside: Channel | undefined
  try {
    const folder = await orEnd(terminal, untilMark(terminal.stdout, mark, onNoise))
    beside = await connection.open(besideTerminal(mark, folder), { reserved: true })
    beside.stdin.on('error', () => undefined)
    await orEnd(beside, untilMark(beside.stdout, mark, onNoise))
    terminal.stdin.write('go\n')
    return joined(terminal, beside)
  } catch (error) {
    for (const channel of [terminal, beside]) channel?.close()
    throw error
  }
}

/** It came to no sign: the program that should have given it is gone. */
export class EndedEarly extends Error {
  readonly exit: Exit
  constructor(exit: Exit) {
    super('the program ended early')
    this.exit = exit
  }
}

function orEnd<T>(channel: Channel, sign: Promise<T>): Promise<T> {
  return Promise.race([
    sign,
    channel.ended.then((exit): never => {
      throw new EndedEarly(exit)
    }),
  ])
}

/** Holds both ends of each pipe until the other channel has its own, so that nobody waits for somebody who is gone. */
function underTerminal(mark: string, program: string): string {
  const code = [
    'd=$(umask 077; mktemp -d) || exit 1',
    `trap 'rm -rf "$d"; exit 129' HUP INT TERM`,
    'mkfifo -m 600 "$d/in" "$d/out" "$d/err" || exit 1',
    'exec 6<>"$d/in" 7<>"$d/out" 8<>"$d/err"',
    printMark(mark, '"$d"'),
    'read -r go || exit 1',
    'exec 3<"$d/in" 4>"$d/out" 5>"$d/err"',
    'rm -rf "$d"',
    'exec 6>&- 7>&- 8>&-',
    'eval "$1"',
  ].join('\n')
  return `exec sh -c ${quoted(code)} sh ${quoted(program)}`
}

/** Each `cat` holds one pipe only, so that the end of what stands at its other end is seen. */
function besideTerminal(mark: string, folder: string): string {
  const code = [
    'exec 3<"$1/out" 4<"$1/err" 5>"$1/in" || exit 1',
    printMark(mark, '0'),
    'cat <&3 4<&- 5>&- &',
    'cat <&4 >&2 3<&- 5>&- &',
    'exec 3<&- 4<&-',
    'cat >&5',
    'exec 5>&-',
    'wait',
  ].join('\n')
  return `exec sh -c ${quoted(code)} sh ${quoted(folder)}`
}

/** One channel of two: bytes go beside the terminal, while the program itself stands under it. */
function joined(terminal: Channel, beside: Channel): UnderTerminal {
  const ended = terminal.ended.then(async (exit) => {
    // Nothing takes its input any more.
    beside.stdin.end()
    const besides = await beside.ended
    return besides.how === 'lost' ? besides : exit
  })
  return {
    terminal,
    stdin: beside.stdin,
    stdout: beside.stdout,
    stderr: beside.stderr,
    exited: terminal.exited,
    ended,
    close() {
      beside.close()
      terminal.close()
    },
  }
}
