import { inspect } from 'node:util'
import { redact } from '../secrets/redact.ts'
import type { OnFailed, Spot } from '../task/engine.ts'
import { Interrupted } from '../task/outcome.ts'
import { askLine, needTerminal, processTerminal, type Terminal } from './terminal.ts'

export interface DebuggerOptions {
  /** Leaves the terminal to the questions: `reporter.suspended`. */
  readonly suspended: <T>(work: () => Promise<T>) => Promise<T>
  /** Aborted by the first Ctrl-C, which ends an open question. */
  readonly interrupted: AbortSignal
  readonly varsOf: (host: string, role: string) => unknown
  readonly terminal?: Terminal
}

const help = `  again       try the task again, from what stands on the host now
  $ COMMAND   run a command on the host
  vars        what the role was given
  error       what went wrong, with the lines that it came from
  go          let the task fail, and go on as the playbook says
  quit        end the run, as Ctrl-C does
`

const everyCode = Array.from({ length: 256 }, (_, code) => code)

/** Ansible's `debugger: on_failed`: before a failure counts, somebody may look at the host and have it tried again. */
export function failureDebugger(options: DebuggerOptions): OnFailed {
  const { suspended, interrupted, terminal = processTerminal } = options
  needTerminal(terminal, '--debugger', 'Leave --debugger away where nobody can answer.')
  let last: Promise<unknown> = Promise.resolve()

  const session = async (spot: Spot, error: Error): Promise<'again' | 'go on'> => {
    const { host, task } = spot.place
    const say = (text: string) => terminal.output.write(redact(text.endsWith('\n') ? text : `${text}\n`))
    say(`\n${host}: "${task}" failed: ${error.message}\n${help}`)
    for (;;) {
      const line = await askLine(`${host} debug> `, terminal, interrupted)
      const [word = ''] = line.split(' ')
      if (word === 'again') return 'again'
      if (word === 'go') return 'go on'
      if (word === 'quit') throw new Interrupted()
      if (word === 'vars') say(inspect(options.varsOf(spot.on.name, spot.role.name), { depth: 8 }))
      else if (word === 'error') say(error.stack ?? error.message)
      else if (line.startsWith('$')) say(await answerTo(spot, line.slice(1).trim()))
      else say(help)
    }
  }

  return (spot, error) => {
    // The failures of several hosts one after the other; one that is interrupted ends those behind it in the same way.
    const answer = last.then(() => suspended(() => session(spot, error)))
    last = answer
    return answer
  }
}

async function answerTo({ on }: Spot, text: string): Promise<string> {
  const { host } = on
  if (host === undefined) return `${on.name} was opened for reading only.`
  try {
    const { code, stdout, stderr } = await on.reach(() => host.exec({ text }, { ok: everyCode }))
    return `${stdout}${stderr}${code === 0 ? '' : `exit code ${code}\n`}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
