import type { StampedEvent } from './events.ts'

/** Marks the lines of a stage, so that the log of a job shows them as one that unfolds. */
export interface Folds {
  readonly fold: boolean
  around(event: StampedEvent, lines: readonly string[]): readonly string[]
}

/** For a log that cannot fold. */
export const unfolded: Folds = { fold: false, around: (_, lines) => lines }

/** In a GitLab job sections, unless `TROUPE_FOLDS=0`. */
export function foldsOf(env: Readonly<Record<string, string | undefined>>): Folds {
  return env['GITLAB_CI'] === undefined || env['TROUPE_FOLDS'] === '0' ? unfolded : new GitlabSections()
}

const clearLine = '\r\u001b[0K'

/** A section a stage, folded, with the stage's own line for its head. */
class GitlabSections implements Folds {
  readonly fold = true
  #open: string | undefined
  #count = 0

  around(event: StampedEvent, lines: readonly string[]): readonly string[] {
    if (event.type === 'stage-started') return [...this.#end(event), ...this.#start(event, lines)]
    if (event.type === 'stage-ended') return [...lines, ...this.#end(event)]
    // A stage that an error broke off has said no end.
    return event.type === 'run-ended' ? [...this.#end(event), ...lines] : lines
  }

  /** The head is the last of the lines: what stands before it belongs to the stage before. */
  #start(event: StampedEvent, lines: readonly string[]): readonly string[] {
    this.#open = nameOf(++this.#count, event.stage ?? '')
    const mark = `section_start:${secondsOf(event)}:${this.#open}[collapsed=true]${clearLine}`
    return [...lines.slice(0, -1), `${mark}${lines.at(-1) ?? ''}`]
  }

  #end(event: StampedEvent): readonly string[] {
    if (this.#open === undefined) return []
    const mark = `section_end:${secondsOf(event)}:${this.#open}${clearLine}`
    this.#open = undefined
    return [mark]
  }
}

/** No two sections of a job may have one name, and only few characters may stand in it. */
function nameOf(number: number, title: string): string {
  const word = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
  return `stage_${number}_${word}`.slice(0, 60).replace(/_$/, '')
}

function secondsOf({ time }: StampedEvent): number {
  return Math.floor(Date.parse(time) / 1000)
}
