import { defineFact } from '../../lib/host/fact.ts'
import { electionPatience } from '../../lib/cluster/etcd-vars.ts'
import { defineGuard } from '../../lib/play/guard.ts'
import type { Refusal } from './course.ts'
import { askHealth, askStatus, ctlOf, type EtcdMember } from './ctl.ts'
import { configFile, markFile, programFolder } from './paths.ts'

export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1
}

/** A member, and whether it answers. */
export interface Vote extends EtcdMember {
  readonly well: boolean
}

/** Why members cannot leave, one after the other; undefined where the cluster bears it. */
export function whyNotWithout(leaving: readonly string[], votes: readonly Vote[]): Refusal | undefined {
  const learner = votes.find(({ isLearner, name }) => isLearner && !leaving.includes(name))
  if (learner !== undefined) {
    return {
      found: `${learner.name || learner.peerUrls.join(', ')} is a learner that does not vote yet`,
      wanted: 'one change of the members at a time',
      advice: 'Let it become a voter first (playbooks/etcd.ts scale), or take it out itself: -e node=NAME.',
    }
  }
  let voters = votes.filter(({ isLearner }) => !isLearner)
  // Those that are down go first: nobody needs them.
  const order = [...voters]
    .filter(({ name }) => leaving.includes(name))
    .toSorted((a, b) => Number(a.well) - Number(b.well))
  for (const { name, id } of order) {
    const rest = voters.filter((voter) => voter.id !== id)
    const well = rest.filter((voter) => voter.well).length
    if (rest.length === 0) {
      return {
        found: 'no other member in the cluster',
        wanted: 'a member that stays',
        advice: 'Add one first; a cluster as a whole is not scaled away.',
      }
    }
    if (well < majorityOf(rest.length)) {
      const down = rest.filter((voter) => !voter.well).map((voter) => voter.name)
      return {
        found: `${well} of ${rest.length} members well without ${name}; down: ${down.join(', ')}`,
        wanted: `a majority of them, ${majorityOf(rest.length)}`,
        advice: `Bring ${down.join(', ')} up again, or take what is down out first: -e node=${down[0]} -e node_is_gone=true.`,
      }
    }
    voters = rest
  }
  return undefined
}

/** Whether a host's own member has a quorum behind it, asked without knowing its variables. */
const answers = defineFact('whether etcd is well', async (host): Promise<'none' | 'well' | 'ill'> => {
  const [mark, config] = await host.readFiles([markFile, configFile])
  if (mark === undefined || config === undefined) return 'none'
  const clientPort = Number(/^listen-client-urls: .*:(\d+)"$/m.exec(config.toString())?.[1])
  const [program] = await host.stat([`${programFolder({ method: 'archive' })}/etcdctl`])
  const method = program?.type === 'absent' ? 'package' : 'archive'
  try {
    const ctl = ctlOf({ clientPort, method }, host.name)
    if (await askHealth(host, ctl)) return 'well'
    // One that is full is not healthy, and votes all the same.
    const status = await askStatus(host, ctl)
    const votes = status !== undefined && status.leader !== '0' && !status.isLearner
    return votes && status.errors.length > 0 ? 'well' : 'ill'
  } catch {
    return 'ill'
  }
})

/** Most members vote and are well, or there is no cluster yet. */
export const quorum = defineGuard(
  'A majority of etcd',
  async ({ group, fact }) => {
    const asked = await Promise.all(
      group('etcd').map(
        async (name) => [name, await fact(name, answers).catch(() => 'off' as const)] as const,
      ),
    )
    const members = asked.filter(([, how]) => how !== 'none')
    const not = members.filter(([, how]) => how !== 'well').map(([name]) => name)
    if (members.length === 0 || (members.length - not.length) * 2 > members.length) return { holds: true }
    return { holds: false, found: `${not.join(', ')} of ${members.length} members are not well` }
  },
  { patience: electionPatience },
)
