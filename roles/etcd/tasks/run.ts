import { file, unit } from '../../../lib/resources/index.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { milliseconds } from '../../../lib/vars/duration.ts'
import type { Seen } from '../cluster.ts'
import { allVote, certificateServed, memberAnswers } from '../conditions.ts'
import type { EtcdContext } from '../context.ts'
import { ctlForServed, membersNow } from '../ctl.ts'
import { markFile, unitName } from '../paths.ts'
import { learner, noMember, voter } from '../resources/member.ts'
import { ledElsewhere } from '../resources/leadership.ts'

/** One change of the membership at a time, whoever makes it. */
const exclusive = { exclusive: 'etcd' } as const

function whoIs({ vars, host }: EtcdContext, { peerUrl }: Seen) {
  return { name: host.name, peerUrl, vars, syncMs: milliseconds(vars.deadlines.sync) }
}

/** Makes the host known to the members, before it starts; one that lost its data is another member from then on. */
export async function announce(context: EtcdContext, seen: Seen): Promise<void> {
  const { task, on } = context
  const { course, peers } = seen
  if (course.is !== 'joins') return
  const who = whoIs(context, seen)
  if (course.lost !== undefined) {
    await task('Give up the member whose data are gone', on(peers, noMember(who), exclusive))
  }
  await task('Announce the member', on(peers, learner(who), exclusive))
}

/** Runs the member on what was brought, and lets nobody go on before it is one that counts. */
export async function runMember(
  context: EtcdContext,
  seen: Seen,
  inputs: readonly Resource[],
): Promise<void> {
  const { task, gate, during, vars, on } = context
  const { course, peers, ctl, name, peerUrl } = seen
  const deadline = vars.deadlines.ready
  const start = async () => {
    await task('Run the member', unit({ name: unitName, restartAfter: inputs }))
    await gate('The member answers', memberAnswers(ctl(name)), { deadline })
    await gate('It serves its certificate', certificateServed(ctlForServed(vars, name)), { deadline })
  }
  if (course.is === 'goes on') await during(ledElsewhere(vars), start)
  else await start()
  if (peers.length > 0) {
    const who = whoIs(context, seen)
    await task('Let the member vote', on(peers, voter(who), exclusive))
  }
  const urls = course.is === 'founds' ? seen.seats.map((seat) => seat.peerUrl) : [peerUrl]
  await gate('The members agree', allVote(ctl(name), urls), { deadline })
  await task(
    'Mark of which cluster it is',
    file({ path: markFile, content: await clusterName(context, seen) }),
  )
}

/** A plan cannot tell the name of a cluster that is still to be. */
async function clusterName({ fact, host }: EtcdContext, { ctl, membership }: Seen): Promise<string> {
  const { clusterId } = membership ?? (await fact(membersNow(ctl(host.name))))
  return `${clusterId}\n`
}
