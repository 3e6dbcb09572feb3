import { duration } from './duration.ts'
import type { Look } from './look.ts'
import type { TaskRecord } from './task-board.ts'
import { fit, pad } from './text.ts'

const mostSlow = 5
/** What is quicker is not worth a line among the slowest. */
const slowMs = 500

interface Timing {
  readonly title: string
  readonly durationMs: number
}

/** How long stages and tasks took. */
export class Timings {
  readonly #stages: Timing[] = []
  readonly #tasks: Timing[] = []

  stage(title: string, durationMs: number): void {
    this.#stages.push({ title, durationMs })
  }

  task({ task, results }: TaskRecord): void {
    for (const { host, durationMs } of results) this.#tasks.push({ title: `${task}  ${host}`, durationMs })
  }

  /** The total of each stage where there are several; with `-v` the slowest tasks. */
  lines(look: Look): readonly string[] {
    const slowest = this.#tasks
      .filter(({ durationMs }) => durationMs >= slowMs)
      .toSorted((a, b) => b.durationMs - a.durationMs)
      .slice(0, mostSlow)
    return [
      ...(this.#stages.length > 1 ? table('Stages', this.#stages, look) : []),
      ...(look.verbosity >= 1 && slowest.length > 0 ? table('Slowest tasks', slowest, look) : []),
    ]
  }
}

function table(title: string, timings: readonly Timing[], look: Look): readonly string[] {
  const width = Math.min(60, look.width - 16)
  const rows = timings.map((timing) => {
    const time = look.paint.dim(duration(timing.durationMs).padStart(10))
    return `  ${pad(fit(timing.title, width), width)}${time}`
  })
  return ['', look.paint.bold(title), ...rows]
}
