import { os } from '../../../lib/host/facts/os.ts'
import { TaskFailed } from '../../../lib/task/outcome.ts'
import type { RoleContext } from '../../../lib/play/role.ts'
import { osPackage, template, unit } from '../../../lib/resources/index.ts'
import { chronyPlaces, clockFollows } from '../facts.ts'
import type { SystemTuningVars } from '../vars.ts'

/** Lets the clocks follow one source: a host of the inventory, or time servers outside. */
export async function timeSync({
  host,
  vars,
  group,
  task,
  gate,
  fact,
}: RoleContext<SystemTuningVars, unknown>) {
  const { timeServers, timeClients } = vars
  if (timeServers.length === 0) return
  const { family, id } = await fact(os)
  if (family === 'other') {
    throw new TaskFailed(
      `Where ${id} has chrony is not known, so the clock of ${host.name} cannot be set up.`,
      {
        advice: 'Leave system_tuning.timeServers empty for this host.',
      },
    )
  }
  const places = chronyPlaces[family]
  const source =
    timeServers.length === 1 ? group('all').find(({ name }) => name === timeServers[0]) : undefined
  const serves = source?.name === host.name
  const sources = serves ? [] : source === undefined ? timeServers : [source.address]

  await task('Install chrony', osPackage({ name: 'chrony' }))
  const config = await task(
    'Configure chrony',
    template({
      path: places.config,
      from: 'chrony.conf.ejs',
      values: { sources, serves, clients: timeClients, places },
      mode: 0o644,
      owner: 'root',
      group: 'root',
    }),
  )
  await task('Run chrony', unit({ name: places.unit, restartAfter: config }))
  await gate('The clock follows its server', clockFollows, { deadline: '2m' })
}
