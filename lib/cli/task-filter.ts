import { globExpression } from '../inventory/glob.ts'
import type { Place } from '../report/events.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Options } from './flags.ts'
import type { Step } from './step.ts'

/** Whether a task is to be run now: after the one of `--start-at`, and as `--step` is answered. */
export async function taskFilter(
  { startAt, step }: Pick<Options, 'startAt' | 'step'>,
  reporter: Reporter,
  interrupted: AbortSignal,
): Promise<(place: Place) => Promise<boolean>> {
  const begun = startAt === undefined ? () => true : beginsAt(startAt)
  const ask = step ? await askedAbout(reporter, interrupted) : undefined
  return async (place) => begun(place) && (ask === undefined || (await ask(place)) === 'run')
}

async function askedAbout(reporter: Reporter, interrupted: AbortSignal): Promise<Step> {
  const { stepper } = await import('./step.ts')
  return stepper({ suspended: (work) => reporter.suspended(work), interrupted })
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
