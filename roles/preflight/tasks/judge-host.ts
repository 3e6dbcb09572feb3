import type { Finding } from '../../../lib/report/events.ts'
import type { LostHost } from '../../../lib/play/role.ts'
import { checks } from '../checks/index.ts'
import { gather, type PreflightContext } from '../gather.ts'
import { cannotBeWorkedOn } from '../messages/index.ts'
import type { PreflightVars } from '../vars.ts'

/** Judges the host by every check that is not left out, and tells what they found. */
export async function judgeHost(context: PreflightContext): Promise<void> {
  const { inspect, run, vars } = context
  await inspect('Judge the host', async () => {
    const subject = await gather(context)
    return checks
      .filter(({ name }) => !vars.skipChecks.includes(name))
      .flatMap(({ name: check, judge }) =>
        judge(subject).map(({ class: grade, message }): Finding => ({
          check,
          class: grade,
          ...message[run.language],
        })),
      )
  })
}

/** Why a host cannot be judged at all. */
export function tellOfLost({ host, why, vars, run }: LostHost<PreflightVars>): readonly Finding[] {
  if (vars.skipChecks.includes('connectivity')) return []
  return [{ check: 'connectivity', class: 'fatal', ...cannotBeWorkedOn({ host, why })[run.language] }]
}
