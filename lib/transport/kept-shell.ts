import { setTimeout as pause } from 'node:timers/promises'
import { endedBy } from './deadline.ts'
import { ContactLost } from './errors.ts'
import type { Victim } from './killing.ts'
import type { Launched } from './launch.ts'
import { limits } from './limits.ts'
import { MarkedStream, nonce, printMark } from './marks.ts'
import { quoted } from './quoting.ts'
import type { Output } from './session.ts'
import { Tail } from './tail.ts'

export interface KeptShellOptions {
  /** For messages: the host. */
  readonly title: string
  readonly outputBytes: number
  /** Kills a process of this shell with all its descendants, on the host, and says which they were. */
  readonly kill: (pid: number, parent: number) => Promise<readonly Victim[]>
}

/** A command under way; it is over once its mark has come on both outputs. */
interface Frame {
  readonly stdout: Tail
  readonly stderr: Tail
  readonly resolve: (output: Output) => void
  readonly reject: (error: Error) => void
}

/**
 * A shell that is kept for the length of a connection and fed commands without waiting for earlier answers.
 * Each is evaluated in a subshell of its own, so that no syntax error, `exit` or redirection outlives its command.
 */
export class KeptShell {
  /** Resolves once the shell takes no more commands. */
  readonly over: Promise<void>
  readonly #options: KeptShellOptions
  readonly #shell: Launched
  readonly #stdout = new MarkedStream()
  readonly #stderr = new MarkedStream()
  readonly #waiting = new Set<Frame>()
  /** Commands that go out together, once those who ask at this moment have all asked. */
  #outgoing = ''
  #end: Error | undefined

  constructor(shell: Launched, options: KeptShellOptions) {
    this.#shell = shell
    this.#options = options
    const { channel } = shell
    channel.stdout.on('data', (chunk: Buffer) => this.#stdout.push(chunk)).resume()
    channel.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk)).resume()
    // What the shell left running may hold its output open; the answers on their way get a moment.
    const late = channel.exited.then(() => pause(limits.lastBytesMs, undefined, { ref: false }))
    this.over = Promise.race([channel.ended, late]).then((exit) =>
      this.abandon(exit?.how === 'lost' ? exit.why : 'the shell that ran it was ended'),
    )
  }

  /** Sends a script, at once. One that takes longer than its time, counted from when it begins, is killed. */
  async run(script: string, timeoutMs?: number): Promise<Output> {
    if (script.includes('\0')) throw new TypeError('A shell script cannot hold a NUL byte.')
    if (this.#end) throw this.#end
    if (timeoutMs === undefined) return await this.#send('', script)
    const mark = nonce()
    const begun = new Promise<number>((resolve) =>
      this.#stderr.expect({ nonce: mark, before: () => undefined, reached: (pid) => resolve(Number(pid)) }),
    )
    // In a subshell $$ is the kept shell, and asking a new process for its parent would cost that process.
    const tell = `read -r __pid __rest </proc/self/stat;${printMark(mark, '"$__pid"')} >&2;unset __pid __rest;`
    const answer = this.#send(tell, script)
    const pid = await Promise.race([begun, answer])
    if (typeof pid !== 'number') return await answer
    return await endedBy(answer, timeoutMs, {
      title: this.#options.title,
      kill: () => this.#options.kill(pid, this.#shell.pid),
      giveUp: () => this.abandon('the command before it hung and could not be killed'),
    })
  }

  /** Ends the shell; commands under way are lost. */
  abandon(why: string): void {
    if (this.#end) return
    this.#end = new ContactLost(
      `${this.#options.title}: contact was lost while a command ran there: ${why}. It may have been carried out or not.`,
    )
    for (const frame of this.#waiting) frame.reject(this.#end)
    this.#waiting.clear()
    this.#shell.channel.close()
  }

  #send(first: string, script: string): Promise<Output> {
    const mark = nonce()
    const { outputBytes } = this.#options
    return new Promise((resolve, reject) => {
      const frame: Frame = { stdout: new Tail(outputBytes), stderr: new Tail(outputBytes), resolve, reject }
      this.#waiting.add(frame)
      this.#await(frame, mark)
      this.#write(
        `( ${first}eval ${quoted(script)} ) </dev/null;${printMark(mark, '$?')};${printMark(mark, '')} >&2\n`,
      )
    })
  }

  #write(line: string): void {
    const { stdin } = this.#shell.channel
    if (this.#outgoing === '') {
      process.nextTick(() => {
        const lines = this.#outgoing
        this.#outgoing = ''
        if (this.#end === undefined) stdin.write(lines)
      })
    }
    this.#outgoing += line
  }

  /** The two outputs come in no fixed order, so the mark is awaited on both. */
  #await(frame: Frame, mark: string): void {
    const { stdout, stderr } = frame
    let code: number | undefined
    let stderrComplete = false
    const finish = () => {
      if (code === undefined || !stderrComplete) return
      this.#waiting.delete(frame)
      frame.resolve({ code, stdout: stdout.bytes(), stderr: stderr.bytes(), dropped: stdout.dropped })
    }
    this.#stdout.expect({
      nonce: mark,
      before: (bytes) => stdout.push(bytes),
      reached: (value) => {
        code = Number(value)
        finish()
      },
    })
    this.#stderr.expect({
      nonce: mark,
      before: (bytes) => stderr.push(bytes),
      reached: () => {
        stderrComplete = true
        finish()
      },
    })
  }
}
