import { defineFact, unlessLost } from '../../../lib/host/fact.ts'
import type { Finding } from '../../../lib/report/events.ts'
import { milliseconds } from '../../../lib/vars/duration.ts'
import { lookAround, type Seen } from '../cluster.ts'
import type { EtcdContext } from '../context.ts'
import { memberAt } from '../course.ts'
import { fatal, refusal } from '../judge.ts'
import { areGone, leavingOf } from '../roster.ts'
import { majorityOf, whyNotWithout, type Vote } from '../quorum.ts'
import { noMember } from '../resources/member.ts'
import { standing } from '../standing.ts'

/** Takes members out of the cluster, one after the other, through one that stays. */
export async function leave(context: EtcdContext): Promise<void> {
  const { inspect, task, on, vars } = context
  const names = leavingOf(context)
  if (names.length === 0) return
  const seen = await lookAround(context)
  await inspect('Judge whether the cluster bears it', () => against(context, seen, names))
  const through = [seen.name, ...seen.peers]
  for (const name of names) {
    const peerUrl = seen.seats.find((seat) => seat.name === name)?.peerUrl ?? ''
    const who = { name, peerUrl, vars, syncMs: milliseconds(vars.deadlines.sync) }
    await task(`Take ${name} out of the cluster`, on(through, noMember(who), { exclusive: 'etcd' }))
  }
  await inspect('Say what is left to do', async () => names.map(leftToDo))
}

/** What speaks against it, as the members are now. */
async function against(
  context: EtcdContext,
  seen: Seen,
  names: readonly string[],
): Promise<readonly Finding[]> {
  const { membership } = seen
  if (membership === undefined) {
    return [
      fatal('quorum', {
        found: 'no quorum',
        wanted: 'a majority of the members',
        message: 'No member that stays sees a quorum, so that none can be taken out.',
        advice:
          'Start the members that are down first: systemctl start etcd; or restore: playbooks/restore.ts.',
      }),
    ]
  }
  const known = names.filter((name) => memberAt(membership, peerUrlOf(seen, name)) !== undefined)
  const votes = await votesOf(context, seen)
  const voters = votes.filter(({ isLearner }) => !isLearner)
  const out = voters.filter(({ name }) => known.includes(name))
  if (voters.length > 2 && out.length >= majorityOf(voters.length)) {
    return [
      refusal('quorum', 'The cluster would not bear it', {
        found: `${out.length} of ${voters.length} members at once`,
        wanted: 'a majority that stays the same',
        advice: `Take out one after the other: -e node=${names[0]}.`,
      }),
    ]
  }
  const why = whyNotWithout(known, votes)
  const off = areGone(context) ? [] : await unreachable(context, known)
  return [...(why === undefined ? [] : [refusal('quorum', 'The cluster would not bear it', why)]), ...off]
}

/** Every member, and whether it answers now. */
async function votesOf({ group, fact }: EtcdContext, seen: Seen): Promise<readonly Vote[]> {
  const hosts = group('etcd')
  return Promise.all(
    (seen.membership?.members ?? []).map(async (member): Promise<Vote> => {
      const seat = seen.seats.find(({ peerUrl }) => member.peerUrls.includes(peerUrl))
      const host = hosts.find(({ name }) => name === seat?.name)
      if (host === undefined) return { ...member, well: false }
      const now = await fact(
        host.name,
        unlessLost(standing(host.name, host.vars['etcd'] as EtcdContext['vars'])),
      )
      return { ...member, name: host.name, well: now?.status !== undefined && now.membership !== undefined }
    }),
  )
}

async function unreachable({ fact }: EtcdContext, names: readonly string[]): Promise<readonly Finding[]> {
  const answers = defineFact('that it is there', async () => true)
  const found = await Promise.all(
    names.map(async (name) => ((await fact(name, unlessLost(answers))) === undefined ? [name] : [])),
  )
  return found.flat().map((name) =>
    fatal('connectivity', {
      found: `${name} cannot be reached`,
      wanted: 'a host that can be cleaned when it leaves',
      message: `${name} cannot be reached, so that nothing would be taken off it.`,
      advice:
        'Switch it on. Is it gone for good? Give -e node_is_gone=true, and it is only taken out of the cluster.',
    }),
  )
}

function peerUrlOf({ seats }: Seen, name: string): string {
  return seats.find((seat) => seat.name === name)?.peerUrl ?? ''
}

function leftToDo(host: string): Finding {
  return {
    check: 'inventory',
    class: 'warning',
    found: `${host} in the inventory`,
    wanted: 'none but members in the group etcd',
    message: `${host} is out of the cluster, and the group etcd still has it.`,
    advice: `Take ${host} out of the group: the next run would let it join again.`,
  }
}
