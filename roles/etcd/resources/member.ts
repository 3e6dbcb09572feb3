import { setTimeout as pause } from 'node:timers/promises'
import { CommandFailed, type Host, type HostReader } from '../../../lib/host/host.ts'
import { quote } from '../../../lib/host/command.ts'
import { defineResource, type Reading } from '../../../lib/task/kind.ts'
import { NotYet, TaskFailed } from '../../../lib/task/outcome.ts'
import { askMembers, askStatus, askedForMs, ctlOf, wordsOf, type EtcdMember } from '../ctl.ts'
import type { EtcdVars } from '../vars.ts'

interface Args {
  readonly name: string
  readonly peerUrl: string
  readonly wanted: 'learner' | 'voter' | 'absent'
  readonly vars: Pick<EtcdVars, 'clientPort' | 'method'>
  /** How long a learner may take to catch up. */
  readonly syncMs: number
}

type Ref = {
  readonly name: string
  readonly peerUrl: string
  readonly clientPort: number
  readonly method: EtcdVars['method']
  readonly syncMs: number
}

type MemberState = { readonly is: 'absent' } | { readonly is: 'member'; readonly votes: boolean }

/** A member of the cluster, found by its address, as its peers tell of it; done on one of them. */
const member = defineResource('etcdMember', {
  make: ({ name, peerUrl, wanted, vars, syncMs }: Args) => {
    const { clientPort, method } = vars
    const ref: Ref = { name, peerUrl, clientPort, method, syncMs }
    return { key: peerUrl, ref, spec: { wanted } }
  },

  read: (host, refs: readonly Ref[]) => Promise.all(refs.map((ref) => readMember(host, ref))),

  want(actual: MemberState, { wanted }): MemberState {
    if (wanted === 'absent') return { is: 'absent' }
    if (wanted === 'voter') return { is: 'member', votes: true }
    return actual.is === 'member' ? actual : { is: 'member', votes: false }
  },

  async apply(host, ref, { to }) {
    const there = await memberOn(host, ref)
    if (to.is === 'absent') {
      if (there !== undefined) await remove(host, ref, there)
      return
    }
    if (there === undefined) {
      await change(host, ref, `member add ${quote(ref.name)} --learner --peer-urls ${quote(ref.peerUrl)}`)
    }
    const now = there ?? (await memberOn(host, ref))
    if (to.votes && now !== undefined && now.isLearner) await promote(host, ref, now)
  },

  claim: ({ peerUrl }) => [`etcd-member:${peerUrl}`],

  oneWay({ from, to }) {
    if (from.is === 'member' && to.is === 'absent')
      return 'A member that was removed comes back only by joining.'
    if (from.is === 'member' && !from.votes && to.is === 'member' && to.votes)
      return 'A voter does not become a learner again.'
    return undefined
  },
})

type Who = Omit<Args, 'wanted'>

/** A member that hears everything and does not vote; one that votes already stays so. */
export const learner = (who: Who) => member({ ...who, wanted: 'learner' })

/** A member that votes: a learner is promoted once it has caught up. */
export const voter = (who: Who) => member({ ...who, wanted: 'voter' })

/** No member is at this address. */
export const noMember = (who: Who) => member({ ...who, wanted: 'absent' })

async function readMember(host: HostReader, ref: Ref): Promise<Reading<MemberState>> {
  try {
    const found = await memberOn(host, ref)
    return found === undefined ? { is: 'absent' } : { is: 'member', votes: !found.isLearner }
  } catch (error) {
    return new NotYet(`etcd does not tell its members on ${host.name}: ${wordsOf(error)}`)
  }
}

async function memberOn(host: HostReader, ref: Ref): Promise<EtcdMember | undefined> {
  const { members } = await askMembers(host, ctlOf(ref, host.name))
  return members.find(({ peerUrls }) => peerUrls.includes(ref.peerUrl))
}

/** Peers that are just being connected make a cluster refuse for a moment what it takes then. */
const passing = /unhealthy cluster|not enough started members|etcdserver: request timed out|leader changed/
const again = 500

async function change(host: Host, ref: Ref, words: string): Promise<void> {
  const until = performance.now() + settledWithinMs
  for (;;) {
    try {
      await host.exec({ text: `${ctlOf(ref, host.name)} ${words}` }, { timeoutMs: askedForMs })
      return
    } catch (error) {
      if (!passing.test(wordsOf(error)) || performance.now() > until) throw refused(error, words)
      await pause(again)
    }
  }
}

const settledWithinMs = 30_000

/** One that leads lets another lead first, so that nobody has to wait for an election. */
async function remove(host: Host, ref: Ref, { id, clientUrls: [url] }: EtcdMember): Promise<void> {
  const own = await askStatus(host, ctlOf(ref, host.name))
  if (own?.leader === id && own.id !== id && url !== undefined) {
    await host.exec(
      { text: `${ctlOf(ref, host.name, { endpoint: url })} move-leader ${own.id}` },
      { timeoutMs: askedForMs },
    )
  }
  await change(host, ref, `member remove ${id}`)
}

async function promote(host: Host, ref: Ref, { id }: EtcdMember): Promise<void> {
  const until = performance.now() + ref.syncMs
  for (;;) {
    try {
      await host.exec({ text: `${ctlOf(ref, host.name)} member promote ${id}` }, { timeoutMs: askedForMs })
      return
    } catch (error) {
      const words = wordsOf(error)
      if (performance.now() > until || !(passing.test(words) || words.includes('in sync with leader'))) {
        throw refused(error, `member promote ${id}`)
      }
      host.say(`${ref.name} catches up with the leader`)
      await pause(again)
    }
  }
}

function refused(error: unknown, words: string): Error {
  if (!(error instanceof CommandFailed)) throw error
  return new TaskFailed(`etcd refused "${words}": ${wordsOf(error)}`, { cause: error })
}
