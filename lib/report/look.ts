import { Chalk, type ChalkInstance } from 'chalk'
import type { Mode, Status } from './events.ts'

/** How the console shows what happens. */
export interface Look {
  readonly paint: ChalkInstance
  /** Columns; infinite where lines are not to be broken. */
  readonly width: number
  /** How many `-v` were given. */
  readonly verbosity: number
  readonly diff: boolean
}

/** What Jenkins' AnsiColor plugin puts into `TERM` where it makes colours of escape sequences. */
const ansiColorMaps = ['xterm', 'vga', 'css', 'gnome-terminal']

/**
 * Colours for a stream: those of a terminal unless `NO_COLOR` is set, everywhere with `FORCE_COLOR`; in a job those that
 * its log can show.
 */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): ChalkInstance {
  return new Chalk({ level: coloured(stream.isTTY === true, env) ? 1 : 0 })
}

function coloured(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false
  if (env['GITLAB_CI'] !== undefined) return true
  const { TERM } = env
  if (env['JENKINS_URL'] !== undefined && !isTerminal) return ansiColorMaps.includes(TERM ?? '')
  return isTerminal && TERM !== 'dumb'
}

/** From what needs a human to what needs nobody: the worst status of a task gives its line the symbol. */
export const statusesByWeight = [
  'failed',
  'unreachable',
  'unknown',
  'kept',
  'rescued',
  'changed',
  'reverted',
  'ok',
  'skipped',
] as const satisfies readonly Status[]

const looks: Readonly<Record<Status, { readonly symbol: string; readonly colour: Colour }>> = {
  failed: { symbol: '✘', colour: 'red' },
  unreachable: { symbol: '✘', colour: 'red' },
  unknown: { symbol: '?', colour: 'magenta' },
  kept: { symbol: '!', colour: 'yellow' },
  rescued: { symbol: '!', colour: 'yellow' },
  changed: { symbol: '✔', colour: 'yellow' },
  reverted: { symbol: '↶', colour: 'yellow' },
  ok: { symbol: '✔', colour: 'green' },
  skipped: { symbol: '-', colour: 'cyan' },
}

type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'magenta'

export function symbolOf(status: Status, { paint }: Look): string {
  return paint[looks[status].colour](looks[status].symbol)
}

/** Text in the colour of a status. */
export function painted(status: Status, text: string, { paint }: Look): string {
  return paint[looks[status].colour](text)
}

/** The word for a status; under check a change is one that would be made. */
export function wordFor(status: Status, mode: Mode): string {
  return (mode === 'check' ? foretold[status] : undefined) ?? status
}

const foretold: Partial<Readonly<Record<Status, string>>> = {
  changed: 'would change',
  reverted: 'would revert',
  kept: 'would stay',
}
