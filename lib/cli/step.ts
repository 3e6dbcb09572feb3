import type { Place } from '../report/events.ts'
import { askLine, needTerminal, processTerminal, type Terminal } from './terminal.ts'

/** Whether a task is to be run; asked once a task, whatever number of hosts come to it. */
export type Step = (place: Place) => Promise<'run' | 'skip'>

export interface StepOptions {
  /** Leaves the terminal to the question: `reporter.suspended`. */
  readonly suspended: <T>(work: () => Promise<T>) => Promise<T>
  /** Aborted by the first Ctrl-C, which ends an open question. */
  readonly interrupted: AbortSignal
  readonly terminal?: Terminal
}

/** Ansible's `--step`: before each task (N)o, (y)es, or (c)ontinue without further questions. */
export function stepper({ suspended, interrupted, terminal = processTerminal }: StepOptions): Step {
  needTerminal(terminal, '--step', 'Leave --step away where nobody can answer.')
  const answers = new Map<string, Promise<'run' | 'skip'>>()
  let continued = false
  let last: Promise<unknown> = Promise.resolve()

  const ask = async (task: string): Promise<'run' | 'skip'> => {
    if (continued) return 'run'
    const question = `Perform task: ${task} (N)o/(y)es/(c)ontinue: `
    const answer = (await suspended(() => askLine(question, terminal, interrupted))).toLowerCase()
    continued = answer === 'c' || answer === 'continue'
    return continued || answer === 'y' || answer === 'yes' ? 'run' : 'skip'
  }

  return ({ stage, role, task = '' }) => {
    const key = JSON.stringify([stage, role, task])
    const known = answers.get(key)
    if (known !== undefined) return known
    // One question at a time; one that was interrupted ends those behind it in the same way.
    const answer = last.then(() => ask(task))
    answers.set(key, answer)
    last = answer
    return answer
  }
}
