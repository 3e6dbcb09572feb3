import { setTimeout as pause } from 'node:timers/promises'
import type { Host, HostReader } from '../host/host.ts'
import { defineResource, type Reading } from '../task/kind.ts'
import { NotYet, TaskFailed } from '../task/outcome.ts'
import { isReady, kubeNode, wordsOf } from './nodes.ts'

type Ref = { readonly name: string; readonly kubectl: string }

export type NodeState = { readonly is: 'absent' } | { readonly is: 'node'; readonly ready: boolean }

/** How long a node may still count as ready after its host has gone. */
const lapseMs = 90_000

/** The API knows no node of this name. One that is alive is another host, and stays. */
export const noNode = defineResource('noNode', {
  make: (ref: Ref) => ({ key: ref.name, ref, spec: {} }),

  read: (host, refs: readonly Ref[]) => Promise.all(refs.map((ref) => readNode(host, ref))),

  want: (): NodeState => ({ is: 'absent' }),

  async apply(host, { name, kubectl }, { to }) {
    if (to.is !== 'absent')
      throw new TaskFailed(`The node ${name} cannot be made again: its host has to join.`)
    await lapsed(host, name, kubectl)
    await host.exec({ text: `${kubectl} delete node ${name} --ignore-not-found --timeout=60s` })
  },

  claim: ({ name }) => [`node:${name}`],

  oneWay: () => 'A node comes back only by joining.',
})

async function readNode(host: HostReader, { name, kubectl }: Ref): Promise<Reading<NodeState>> {
  try {
    const node = await kubeNode(host, kubectl, name)
    return node === undefined ? { is: 'absent' } : { is: 'node', ready: isReady(node) }
  } catch (error) {
    return new NotYet(`The API does not answer on ${host.name}: ${wordsOf(error)}`)
  }
}

async function lapsed(host: Host, name: string, kubectl: string): Promise<void> {
  const until = performance.now() + lapseMs
  for (;;) {
    const node = await kubeNode(host, kubectl, name)
    if (node === undefined || !isReady(node)) return
    if (performance.now() > until) {
      throw new TaskFailed(`The node ${name} is ready, so a host of that name is in the cluster.`, {
        advice: 'Give this host another name, or remove that node first: playbooks/remove_node.ts.',
      })
    }
    host.say(`waits until ${name} no longer counts as ready`)
    await pause(1_000)
  }
}
