import { defineFact } from '../../../lib/host/fact.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { osPackage, timezone } from '../../../lib/resources/index.ts'
import type { TuningContext } from '../context.ts'

const tags = ['timezone'] as const

/** Sets the time zone, and brings the data of all zones where a small system came without. */
export async function timeZone({ vars, task, fact }: TuningContext): Promise<void> {
  const { timezone: name } = vars
  if (name === 'keep') return
  const { hasData, isSet } = await fact(zones)
  const isEnough = hasData || (!isSet && name === 'UTC')
  const data = isEnough ? [] : [osPackage({ name: 'tzdata' })]
  await task(tuningTasks.timezone, { tags }, ...data, timezone({ name }))
}

/** Lasting, since it is this task alone that changes them, after it has asked; a host on which none is set is at UTC. */
const zones = defineFact(
  'the time zones',
  async (host) => {
    const [data, link] = await host.stat(['/usr/share/zoneinfo', '/etc/localtime'])
    return { hasData: data?.type === 'directory', isSet: link?.type !== 'absent' }
  },
  { lasting: true, assumed: { hasData: true, isSet: true } },
)
