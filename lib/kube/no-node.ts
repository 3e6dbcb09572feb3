import { setTimeout as pause } from 'node:timers/promises'
import type { Host, HostReader } from '../host/host.ts'
import { defineResource, type Reading } from '../task/kind.ts'
import { NotYet, TaskFailed } from '../task/outcome.ts'
import { askApi, isReady, kubeNode, wordsOf } from './nodes.ts'

export type NodeRef = {
  readonly name: string
  readonly kubectl: string
  /** Its host is known, and leaves: that it still counts as ready says nothing. */
  readonly evenIfReady?: true
  /** The secret in kube-system by which the cluster knows the host of that name again. */
  readonly password?: string
}

export type NodeState = { readonly is: 'absent' } | { readonly is: 'node'; readonly ready: boolean }

/** How long a node may still count as ready after its host has gone. */
const lapseMs = 90_000

/** The API knows no node of this name. One that is alive is another host, and stays. */
export const noNode = defineResource('noNode', {
  make: (ref: NodeRef) => ({ key: ref.name, ref, spec: {} }),

  read: (host, refs: readonly NodeRef[]) => Promise.all(refs.map((ref) => readNode(host, ref))),

  want: (): NodeState => ({ is: 'absent' }),

  async apply(host, ref, { to }) {
    if (to.is !== 'absent')
      throw new TaskFailed(`The node ${ref.name} cannot be made again: its host has to join.`)
    await deleteNode(host, ref)
  },

  claim: ({ name }) => [`node:${name}`],

  oneWay: () => comesOnlyByJoining,
})

export const comesOnlyByJoining = 'A node comes back only by joining.'

/** Deletes a node, and with it whatever the cluster knows it by. */
export async function deleteNode(
  host: Host,
  { name, kubectl, evenIfReady, password }: NodeRef,
): Promise<void> {
  if (evenIfReady !== true) await lapsed(host, name, kubectl)
  await host.exec(
    { text: `${kubectl} delete node ${name} --ignore-not-found --timeout=60s` },
    { timeoutMs: 90_000 },
  )
  if (password === undefined) return
  await host.exec({ text: `${kubectl} delete secret ${password} -n kube-system --ignore-not-found` })
}

/** Whether the cluster still has the secret by which it knows a host of that name again. */
export async function isRemembered(host: HostReader, { kubectl, password }: NodeRef): Promise<boolean> {
  if (password === undefined) return false
  const found = await askApi<object>(
    host,
    `${kubectl} get secret ${password} -n kube-system --ignore-not-found -o json`,
  )
  return Object.keys(found).length > 0
}

async function readNode(host: HostReader, { name, kubectl }: NodeRef): Promise<Reading<NodeState>> {
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
