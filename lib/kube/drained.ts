import type { Host, HostReader } from '../host/host.ts'
import { defineBracket } from '../task/bracket.ts'
import { defineResource, type Reading, type Resource } from '../task/kind.ts'
import { NotYet, TaskFailed } from '../task/outcome.ts'
import { drain, type DrainArgs } from './drain.ts'
import { comesOnlyByJoining, deleteNode, isRemembered, type NodeRef } from './no-node.ts'
import { askApi, wordsOf } from './nodes.ts'

type Args = NodeRef & DrainArgs
type Ref = { readonly [K in keyof Args]: Args[K] }

type Node = {
  readonly is: 'node'
  readonly cordoned: boolean
  /** The cordon is ours, so that we may take it away again. */
  readonly ours: boolean
  /** Its pods were asked to leave, and did. */
  readonly empty: boolean
}

/** `remembered`: the node has gone, and what the cluster knows it by has not. */
type NodeState = { readonly is: 'absent' } | { readonly is: 'remembered' } | Node

const cordonedBy = 'troupe.dev/drained-by'
const emptiedBy = 'troupe.dev/emptied-by'
const us = 'troupe'

const node = defineResource('node', {
  make: ({ wanted, ...ref }: Args & { readonly wanted: 'in' | 'out' | 'gone' }) => {
    return { key: ref.name, ref: ref as Ref, spec: { wanted } }
  },

  read: (host, refs: readonly Ref[]) => Promise.all(refs.map((ref) => readNode(host, ref))),

  want(actual: NodeState, { wanted }): NodeState {
    if (wanted === 'gone') return { is: 'absent' }
    if (actual.is !== 'node') return actual
    // A cordon that was there before is a human's, and stays one.
    if (wanted === 'out')
      return { ...actual, cordoned: true, ours: actual.ours || !actual.cordoned, empty: true }
    return { ...actual, ...(actual.ours ? { cordoned: false, ours: false } : {}), empty: false }
  },

  async apply(host, ref, { from, to }) {
    if (to.is === 'absent') return deleteNode(host, ref)
    if (from.is !== 'node' || to.is !== 'node')
      throw new TaskFailed(`The node ${ref.name} cannot be made again: its host has to join.`)
    // The mark stands before what it speaks of, and goes after it: who is killed between leaves nothing as a human's.
    if (to.ours) await annotate(host, ref, cordonedBy, true)
    if (from.cordoned !== to.cordoned) {
      await host.exec({ text: `${ref.kubectl} ${to.cordoned ? 'cordon' : 'uncordon'} ${ref.name}` })
    }
    if (!to.ours && from.ours) await annotate(host, ref, cordonedBy, false)
    if (to.empty && !from.empty) await drain(host, ref)
    if (from.empty !== to.empty) await annotate(host, ref, emptiedBy, to.empty)
  },

  claim: ({ name }) => [`node:${name}`],

  oneWay: ({ to }) => (to.is === 'absent' ? comesOnlyByJoining : undefined),
})

type Through = (end: Resource) => Resource

const here: Through = (end) => end

/** The node gets no new pods, and those that it had have left it; `through` has both ends done elsewhere. */
export const drained = defineBracket('drained', {
  enter: (args: Args, through: Through = here) => through(node({ ...args, wanted: 'out' })),
  leave: (args: Args, through: Through = here) => through(node({ ...args, wanted: 'in' })),
  mine: (state) => state.is === 'node' && (state['ours'] === true || state['empty'] === true),
})

/** The same node is none of the cluster any more; in the bracket there is nothing left to be let in again then. */
export function leftNode(args: Args): Resource {
  return node({ ...args, wanted: 'gone' })
}

interface Answer {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: { readonly unschedulable?: boolean }
}

async function readNode(host: HostReader, ref: Ref): Promise<Reading<NodeState>> {
  try {
    const answer = await askApi<Answer>(
      host,
      `${ref.kubectl} get node ${ref.name} --ignore-not-found -o json`,
    )
    if (answer.metadata === undefined) {
      return { is: (await isRemembered(host, ref)) ? 'remembered' : 'absent' }
    }
    const { annotations = {} } = answer.metadata
    return {
      is: 'node',
      cordoned: answer.spec?.unschedulable ?? false,
      ours: annotations[cordonedBy] !== undefined,
      empty: annotations[emptiedBy] !== undefined,
    }
  } catch (error) {
    return new NotYet(`The API does not answer on ${host.name}: ${wordsOf(error)}`)
  }
}

async function annotate(host: Host, { kubectl, name }: Ref, key: string, set: boolean): Promise<void> {
  await host.exec({
    text: `${kubectl} annotate node ${name} ${set ? `${key}=${us} --overwrite` : `${key}-`}`,
  })
}
