import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { asFound } from '../../../lib/host/fact.ts'
import { osPackage, packages, template, unit } from '../../../lib/resources/index.ts'
import type { TuningContext } from '../context.ts'
import { chronyPlaces, clockFollows, givesWay, knownSystem, rivalAtWork } from '../facts.ts'
import { timeServers } from '../time-servers.ts'

const tags = ['time-sync'] as const

/** Whom a clock follows, and whether the others follow it. */
interface Course {
  readonly sources: readonly string[]
  readonly serves: boolean
}

/** Lets the clocks follow one source: hosts of the inventory, time servers outside, or those of the system. */
export async function timeSync(context: TuningContext): Promise<void> {
  const { vars, task, gate, fact } = context
  if (vars.timeSync === 'keep') return
  const { family } = await knownSystem(context, 'timeSync')
  const course = courseOf(context)
  if (course === undefined && (await fact(asFound(rivalAtWork))) !== null) return
  const [places, others] = [chronyPlaces[family], givesWay[family]]

  await task(
    'Let other time services go',
    { tags },
    ...others.units.map((name) => unit({ name, state: 'stopped', ifInstalled: true })),
    ...(others.packages.length > 0 ? [packages({ names: others.packages, state: 'absent' })] : []),
  )
  await task('Install chrony', { tags }, osPackage({ name: 'chrony' }))
  if (course === undefined) {
    await task(tuningTasks.timeSync, { tags }, unit({ name: places.unit }))
    return
  }
  const config = await task(
    'Configure chrony',
    { tags },
    template({
      path: places.config,
      from: 'chrony.conf.ejs',
      values: { ...course, clients: vars.timeClients, places },
      mode: 0o644,
      owner: 'root',
      group: 'root',
    }),
  )
  await task(tuningTasks.timeSync, { tags }, unit({ name: places.unit, restartAfter: config }))
  await gate('The clock follows its server', clockFollows, { deadline: vars.clockDeadline, tags })
}

/** Undefined where the system's own configuration is right: nobody is named, and somebody outside can be reached. */
function courseOf(context: TuningContext): Course | undefined {
  const { host, group } = context
  const servers = timeServers(context)
  if (servers === undefined) return undefined
  const serves = servers.includes(host.name)
  const sources = servers.flatMap((server) => {
    const member = group('all').find(({ name }) => name === server)
    // Those who serve follow nobody of their own: two that follow each other drift away together.
    if (member !== undefined && serves) return []
    return member?.address ?? server
  })
  return { sources, serves }
}
