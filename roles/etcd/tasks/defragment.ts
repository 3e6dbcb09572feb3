import { command } from '../../../lib/resources/index.ts'
import type { EtcdContext } from '../context.ts'
import { lookAround } from '../cluster.ts'
import { ctlOf } from '../ctl.ts'
import { milliseconds } from '../../../lib/vars/duration.ts'
import { hasFreed, memberAnswers } from '../conditions.ts'
import { quote } from '../../../lib/host/command.ts'
import { ledElsewhere } from '../resources/leadership.ts'

/** What a member would free by being defragmented that is not worth the pause. */
const worthMb = 1

/** Frees what a member no longer uses; while it does so it answers nobody, so another one leads. */
export async function defragment(context: EtcdContext): Promise<void> {
  const { task, during, gate, vars, run } = context
  const { ctl, name } = await lookAround(context)
  const own = ctl(name)
  const patient = ctlOf(vars, name, { patienceS: milliseconds(vars.deadlines.sync) / 1000 })
  const done = quote(`/run/troupe-etcd-defragmented-${run.id}`)
  await gate('What was given up is freed', hasFreed(own), { deadline: vars.deadlines.sync })
  await during(ledElsewhere(vars), async () => {
    await task(
      'Defragment the member',
      command({
        title: 'defragment the member of etcd',
        run: { text: `${patient} defrag && touch ${done}` },
        unless: { text: `[ -e ${done} ] || ${usesAlmostAll(own)}` },
        oneWay: 'What was freed is not filled again.',
        timeout: vars.deadlines.sync,
      }),
    )
    await gate('The member answers', memberAnswers(own), { deadline: vars.deadlines.ready })
  })
}

/** Takes back alarms of a full store, once there is room again. */
export async function takeBackAlarms(context: EtcdContext): Promise<void> {
  const { task, vars } = context
  const { ctl, name } = await lookAround(context)
  await task(
    'Take back alarms of a store that was full',
    command({
      title: 'take back alarms of etcd',
      run: { text: `${ctl(name)} alarm disarm` },
      onlyIf: { text: `${ctl(name)} alarm list -w json | grep -q '"alarm":1'` },
      oneWay: 'An alarm comes back by itself if its cause does.',
      timeout: vars.deadlines.ready,
    }),
  )
}

/** Gives up the history of keys, so that a member has something to free. */
export async function compact(context: EtcdContext): Promise<void> {
  const { task, vars, run } = context
  const { ctl, name } = await lookAround(context)
  const done = quote(`/run/troupe-etcd-compacted-${run.id}`)
  const own = ctl(name)
  await task(
    'Give up the history of keys',
    command({
      title: 'compact etcd',
      run: {
        text: `revision=$(${own} endpoint status -w json | sed -n 's/.*"revision":\\([0-9]*\\).*/\\1/p')
said=$(${own} compact --physical "$revision" 2>&1) || case $said in *compacted*) ;; *) echo "$said" >&2; exit 1 ;; esac
touch ${done}`,
      },
      creates: `/run/troupe-etcd-compacted-${run.id}`,
      oneWay: 'The history of keys does not come back.',
      timeout: vars.deadlines.ready,
    }),
  )
}

function usesAlmostAll(ctl: string): string {
  return `${ctl} endpoint status -w json | sed -n 's/.*"dbSize":\\([0-9]*\\).*"dbSizeInUse":\\([0-9]*\\).*/\\1 \\2/p' | {
  read -r size used && [ $((size - used)) -lt $((${worthMb} * 1024 * 1024)) ]; }`
}
