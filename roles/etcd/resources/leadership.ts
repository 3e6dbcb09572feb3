import { defineBracket } from '../../../lib/task/bracket.ts'
import type { Host, HostReader } from '../../../lib/host/host.ts'
import { defineResource } from '../../../lib/task/kind.ts'
import { askMembers, askStatus, askedForMs, ctlOf, wordsOf } from '../ctl.ts'
import type { EtcdVars } from '../vars.ts'

type Ref = { readonly clientPort: number; readonly method: EtcdVars['method'] }

type Leadership = { readonly is: 'leadership'; readonly here: boolean }

/** Whether the member of a host leads the cluster; one that does not answer does not. */
const leadership = defineResource('etcdLeadership', {
  make: ({ vars, given }: { readonly vars: Ref; readonly given: 'away' | 'free' }) => ({
    key: 'etcd',
    ref: { clientPort: vars.clientPort, method: vars.method } as Ref,
    spec: { given },
  }),

  read: (host, refs: readonly Ref[]) => Promise.all(refs.map((ref) => readLeadership(host, ref))),

  want: (actual: Leadership, { given }): Leadership =>
    given === 'away' ? { ...actual, here: false } : actual,

  async apply(host, ref, { to }) {
    if (!to.here) await giveAway(host, ref)
  },

  claim: () => ['etcd-leadership:etcd'],

  oneWay: () => 'Who leads is for the members to say.',
})

/** Another member leads while this one is worked on, so that nobody has to wait for an election. */
export const ledElsewhere = defineBracket('led elsewhere', {
  enter: (vars: Ref) => leadership({ vars, given: 'away' }),
  leave: (vars: Ref) => leadership({ vars, given: 'free' }),
  mine: () => false,
})

async function readLeadership(host: HostReader, ref: Ref): Promise<Leadership> {
  try {
    const status = await askStatus(host, ctlOf(ref, host.name))
    return { is: 'leadership', here: status !== undefined && status.id === status.leader }
  } catch (error) {
    wordsOf(error)
    return { is: 'leadership', here: false }
  }
}

/** To the first that takes it; a cluster of one keeps it. */
async function giveAway(host: Host, ref: Ref): Promise<void> {
  const ctl = ctlOf(ref, host.name)
  const own = await askStatus(host, ctl)
  if (own === undefined || own.id !== own.leader) return
  const { members } = await askMembers(host, ctl)
  const others = members.filter(({ id, isLearner, name }) => id !== own.id && !isLearner && name !== '')
  let last: unknown
  for (const { id } of others) {
    try {
      return void (await host.exec({ text: `${ctl} move-leader ${id}` }, { timeoutMs: askedForMs }))
    } catch (error) {
      last = error
    }
  }
  if (last !== undefined) throw last
}
