import type { Emit } from '../report/events.ts'

export interface InterruptOptions {
  readonly emit: Emit
  /** How the run is gone on with: `npx tsx playbooks/prepare.ts --resume RUN`. */
  readonly resumeCommand: string
  /** Finishes what runs and begins nothing new. */
  readonly onFirst: () => void
  /** Kills what runs on the hosts. */
  readonly onSecond: () => void
  /** Ends the process; not left to the signal, which would leave the terminal as it is. */
  readonly onThird?: () => void
  readonly source?: Source
}

interface Source {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

/** Watches for Ctrl-C, or a signal to end, until the returned function is called; a third one ends the process. */
export function watchInterrupts(options: InterruptOptions): () => void {
  const { emit, resumeCommand, source = process } = options
  let count = 0
  const interrupt = () => {
    count++
    const later = `Go on later with: ${resumeCommand}`
    if (count === 1) {
      const now =
        'Interrupted: the tasks that run are finished, nothing new is begun; Ctrl-C again kills them on the hosts.'
      emit({ type: 'warning', message: `${now} ${later}` })
      options.onFirst()
    } else if (count === 2) {
      emit({ type: 'warning', message: `Interrupted again: what runs is killed on the hosts. ${later}` })
      options.onSecond()
    } else if (options.onThird === undefined) process.exit(130)
    else options.onThird()
  }
  const stop = () => {
    source.off('SIGINT', interrupt)
    source.off('SIGTERM', interrupt)
  }
  source.on('SIGINT', interrupt)
  source.on('SIGTERM', interrupt)
  return stop
}
