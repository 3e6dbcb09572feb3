import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Becoming, BecomeWay } from './become.ts'
import { becomeFailure } from './become-failure.ts'
import { openAs } from './become-open.ts'
import type { Channel, Connection, Exit } from './connection.ts'
import { ContactLost, Unreachable } from './errors.ts'
import { untilMark } from './first-mark.ts'
import { limits } from './limits.ts'
import { nonce, printMark } from './marks.ts'
import { Question } from './question.ts'
import { quoted } from './quoting.ts'
import { Tail } from './tail.ts'
import { EndedEarly, type UnderTerminal } from './terminal.ts'

/** A program that has begun; its outputs are paused right after the sign of that. */
export interface Launched {
  readonly channel: Channel
  /** The process of its shell on the host. */
  readonly pid: number
}

export interface LaunchOptions {
  /** The way to the user to run as; the login user when absent. */
  readonly way?: BecomeWay | undefined
  readonly becoming: Becoming
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
  { way, becoming, urgent = false }: LaunchOptions,
): Promise<Launched> {
  const { title } = connection
  const mark = nonce()
  const whole = `${surroundings};${printMark(mark, '$$')};${printMark(mark, '')} >&2;${code}`
  const said = new Tail(limits.noiseBytes)
  const question = way && new Question(title, way, becoming.options, mark)
  const failure = (exit: Exit | undefined): Error => {
    const text = said.bytes().toString('utf8')
    if (way === undefined) return shellFailure(title, text, exit)
    const answered = question?.answered ?? false
    return becomeFailure({ title, way, become: becoming.options, said: text, exit, answered })
  }
  const opening =
    way === undefined
      ? connection.open(`exec sh -c ${quoted(whole)}`, { urgent })
      : openAs(connection, whole, { way, becoming, prompt: question?.prompt, said, urgent })
  const stopWaiting = new AbortController()
  const tooLate = pause(limits.launchMs, undefined, { signal: stopWaiting.signal })
  try {
    return await Promise.race([
      opening.then((channel) => begun(channel, mark, said, question)),
      tooLate.then(() => Promise.reject(failure(undefined))),
    ])
  } catch (error) {
    opening.then(
      (channel) => channel.close(),
      () => undefined,
    )
    throw error instanceof EndedEarly ? failure(error.exit) : error
  } finally {
    stopWaiting.abort()
  }
}

/** Resolves with both marks; what comes before them is looked through for the question. */
async function begun(
  channel: Channel | UnderTerminal,
  mark: string,
  said: Tail,
  question: Question | undefined,
): Promise<Launched> {
  // A program that is gone does not take its input; how it ended says what there is to say.
  channel.stdin.on('error', () => undefined)
  const terminal = 'terminal' in channel ? channel.terminal : undefined
  const hear = (noise: Buffer) => {
    said.push(noise)
    question?.hear(noise, (terminal ?? channel).stdin)
  }
  const stopListening = new AbortController()
  try {
    const [pid] = await Promise.race([
      Promise.all([
        untilMark(channel.stdout, mark, (noise) => said.push(noise)),
        untilMark(channel.stderr, mark, hear),
      ]),
      channel.ended.then((exit): never => {
        throw new EndedEarly(exit)
      }),
      ...(terminal === undefined ? [] : [failureIn(terminal.stdout, hear, stopListening.signal)]),
    ])
    return { channel, pid: Number(pid) }
  } finally {
    stopListening.abort()
  }
}

/** Hears a stream until it is stopped, and lets it flow afterwards; rejects with what hearing throws. */
function failureIn(stream: Readable, hear: (bytes: Buffer) => void, stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onData = (bytes: Buffer) => {
      try {
        hear(bytes)
      } catch (error) {
        reject(error as Error)
      }
    }
    stream.on('data', onData).resume()
    stop.addEventListener('abort', () => stream.off('data', onData).resume())
  })
}

function shellFailure(title: string, said: string, exit: Exit | undefined): Error {
  if (exit?.how === 'lost') return new ContactLost(`${title}: ${exit.why} while a program was starting.`)
  const words = said.trim().split('\n').slice(-3).join(' ') || 'nothing'
  return new Unreachable(
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
