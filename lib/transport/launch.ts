import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { type BecomeOptions, sudo, sudoFailure, WrongPassword } from './become.ts'
import type { Channel, Connection, Exit } from './connection.ts'
import { ContactLost, Unreachable } from './errors.ts'
import { limits } from './limits.ts'
import { nonce, printMark } from './marks.ts'
import { quoted } from './quoting.ts'
import { Tail } from './tail.ts'

/** A program that has begun; its outputs are paused right after the sign of that. */
export interface Launched {
  readonly channel: Channel
  /** The process of its shell on the host. */
  readonly pid: number
}

export interface LaunchOptions {
  /** The user to run as, by sudo; the login user when absent. */
  readonly as?: string | undefined
  readonly become: BecomeOptions
  readonly urgent?: boolean
}

/** The same for every program on every host: messages in English, and all places where programs are installed. */
const surroundings =
  'LC_ALL=C;PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin;export LC_ALL PATH'

/**
 * Starts shell code and resolves once it runs: greetings of the host, sudo and its question are behind it then,
 * so that what comes out is the program's alone, and what goes in goes to nobody else.
 */
export async function launch(
  connection: Connection,
  code: string,
  options: LaunchOptions,
): Promise<Launched> {
  const mark = nonce()
  const { as } = options
  const whole = `${surroundings};${printMark(mark, '$$')};${printMark(mark, '')} >&2;${code}`
  const password = as === undefined ? undefined : options.become.password
  const prompt = password === undefined ? undefined : `${mark}?`
  const program = as === undefined ? `exec sh -c ${quoted(whole)}` : sudo(as, whole, prompt)
  const channel = await connection.open(program, { urgent: options.urgent ?? false })
  // A program that is gone does not take its input; how it ended says what there is to say.
  channel.stdin.on('error', () => undefined)

  const said = new Tail(limits.noiseBytes)
  const stopWaiting = new AbortController()
  try {
    const pid = await Promise.race([
      begun(
        channel,
        mark,
        said,
        askedFor(channel, prompt, password, () => new WrongPassword(connection.title, as ?? '')),
      ),
      channel.ended.then((exit) => failed(connection.title, as, said, exit)),
      pause(limits.launchMs, undefined, { signal: stopWaiting.signal }).then(() =>
        failed(connection.title, as, said, undefined),
      ),
    ])
    return { channel, pid }
  } catch (error) {
    channel.close()
    throw error
  } finally {
    stopWaiting.abort()
  }
}

async function begun(
  channel: Channel,
  mark: string,
  said: Tail,
  onErrorText: (text: string) => void,
): Promise<number> {
  const [pid] = await Promise.all([
    untilMark(channel.stdout, mark, said),
    untilMark(channel.stderr, mark, said, onErrorText),
  ])
  return Number(pid)
}

/** The value of the mark; what comes before it is noise, what comes after it is put back. */
function untilMark(
  stream: Readable,
  mark: string,
  said: Tail,
  look: (text: string) => void = () => undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const at = text.indexOf(`${mark}:`)
      const end = text.indexOf('\n', at)
      if (at !== -1 && end !== -1) {
        stream.off('data', onData)
        stream.pause()
        if (end + 1 < text.length) stream.unshift(Buffer.from(text.slice(end + 1), 'latin1'))
        resolve(text.slice(at + mark.length + 1, end))
        return
      }
      said.push(chunk)
      try {
        look(text)
      } catch (error) {
        reject(error as Error)
      }
      text = text.slice(-limits.noiseBytes)
    }
    stream.on('data', onData)
  })
}

/** Answers the question for the password, once; asked again, the password is wrong. */
function askedFor(
  channel: Channel,
  prompt: string | undefined,
  password: (() => string) | undefined,
  wrong: () => Error,
): (text: string) => void {
  let answered = false
  return (text) => {
    if (prompt === undefined || password === undefined) return
    const asked = text.split(prompt).length - 1
    if (asked > 1) throw wrong()
    if (asked === 0 || answered) return
    answered = true
    channel.stdin.write(`${password()}\n`)
  }
}

function failed(title: string, as: string | undefined, said: Tail, exit: Exit | undefined): never {
  const text = said.bytes().toString('utf8')
  if (as !== undefined) throw sudoFailure(title, as, text, exit)
  if (exit?.how === 'lost') throw new ContactLost(`${title}: ${exit.why} while a program was starting.`)
  const words = text.trim().split('\n').slice(-3).join(' ') || 'nothing'
  throw new Unreachable(
    'shell',
    `${title} starts no POSIX shell: ${how(exit)}. It said: ${words}`,
    'The login user needs a shell that can run "sh": see its entry in /etc/passwd, its start-up files, and ' +
      'ForceCommand in sshd_config.',
  )
}

function how(exit: Exit | undefined): string {
  if (exit === undefined) return `there was no sign of it within ${limits.launchMs / 1000} s`
  if (exit.how === 'exited') return `it ended at once with exit code ${exit.code}`
  return exit.how === 'killed' ? `it was ended at once by ${exit.signal}` : exit.why
}
