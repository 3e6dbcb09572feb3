import { globExpression } from '../inventory/glob.ts'
import type { Place } from '../report/events.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Options } from './flags.ts'
import { stepper } from './step.ts'

/** Whether a task is to be run now: after the one of `--start-at`, and as `--step` is answered. */
export function taskFilter(
  { startAt, step }: Pick<Options, 'startAt' | 'step'>,
  reporter: Reporter,
  interrupted: AbortSignal,
): (place: Place) => Promise<boolean> {
  const begun = startAt === undefined ? () => true : beginsAt(startAt)
  const ask = step ? stepper({ suspended: (work) => reporter.suspended(work), interrupted }) : undefined
  return async (place) => begun(place) && (ask === undefined || (await ask(place)) === 'run')
}

/** Every host begins at the task itself; once one has, all begin in the stages after it. */
function beginsAt(title: string): (place: Place) => boolean {
  const wanted = globExpression(title)
  const hosts = new Set<string | undefined>()
  let stage: string | undefined
  return (place) => {
    if (hosts.has(place.host) || (stage !== undefined && place.stage !== stage)) return true
    if (!wanted.test(place.task ?? '')) return false
    hosts.add(place.host)
    stage ??= place.stage
    return true
  }
}
