import { sh } from '../../lib/host/command.ts'
import type { Host, HostReader } from '../../lib/host/host.ts'
import { defineBracket } from '../../lib/task/bracket.ts'
import { defineResource, type Change } from '../../lib/task/kind.ts'
import type { FakeHost } from './fake-host.ts'

type NodeState =
  | { readonly is: 'in use' }
  /** `ours`: a human's is left to the human. `drained`: nothing runs there any more. */
  | { readonly is: 'set aside'; readonly ours: boolean; readonly drained: boolean }

interface Stored {
  readonly by?: 'us' | 'human'
  readonly pods: number
}

const usualPods = 3

/** Whether the node of a fake host takes work; a thing to be set aside and taken up again. */
const fakeNode = defineResource('fake node', {
  make: ({ name, aim }: { readonly name: string; readonly aim: 'set aside' | 'in use' }) => ({
    key: name,
    ref: { name },
    spec: { aim },
  }),

  read: (host: HostReader, refs) => Promise.all(refs.map(({ name }) => look(host, name))),

  want(actual: NodeState, { aim }): NodeState {
    if (aim === 'set aside')
      return actual.is === 'in use'
        ? { is: 'set aside', ours: true, drained: true }
        : { ...actual, drained: true }
    return actual.is === 'set aside' && actual.ours ? { is: 'in use' } : actual
  },

  async apply(host: Host, { name }, { from, to }: Change<NodeState>) {
    if (to.is === 'in use') return void (await host.exec(sh`kubectl uncordon ${name}`))
    if (from.is === 'in use') await host.exec(sh`kubectl cordon ${name}`)
    if (to.drained) await host.exec(sh`kubectl drain ${name}`)
  },

  claim: ({ name }) => [`node:${name}#in use`],

  oneWay: ({ from, to }) =>
    from.is === 'set aside' && to.is === 'set aside' && !from.ours
      ? 'What was moved away does not come back by itself.'
      : undefined,
})

/** A node out of use for the time of some work. */
export const drained = defineBracket('drained', {
  enter: (name: string) => fakeNode({ name, aim: 'set aside' }),
  leave: (name: string) => fakeNode({ name, aim: 'in use' }),
  mine: (state) => state.is === 'set aside' && state['ours'] === true,
})

/** Gives a host nodes, and the commands for them. */
export function withNode(host: FakeHost, ...names: readonly string[]): FakeHost {
  for (const name of names.length === 0 ? ['n1'] : names) {
    if (nodeOf(host, name) === undefined) store(host, name, { pods: usualPods })
    const stored = () => nodeOf(host, name) ?? { pods: usualPods }
    host.on(`kubectl get ${name}`, () => JSON.stringify(stored()))
    host.onChange(`kubectl cordon ${name}`, () => store(host, name, { ...stored(), by: 'us' }))
    host.onChange(`kubectl drain ${name}`, () => store(host, name, { ...stored(), pods: 0 }))
    host.onChange(`kubectl uncordon ${name}`, () => store(host, name, { pods: usualPods }))
  }
  return host
}

/** A human sets the node aside, with or without moving away what runs there. */
export function cordonByHand(host: FakeHost, pods = usualPods): void {
  store(host, 'n1', { by: 'human', pods })
}

export function nodeOf(host: FakeHost, name = 'n1'): Stored | undefined {
  const text = host.files.read(`/srv/${name}`)
  return text === undefined ? undefined : (JSON.parse(text) as Stored)
}

function store(host: FakeHost, name: string, node: Stored): string {
  host.files.write(`/srv/${name}`, JSON.stringify(node))
  return ''
}

async function look(host: HostReader, name: string): Promise<NodeState> {
  const { by, pods } = JSON.parse((await host.query(sh`kubectl get ${name}`)).stdout) as Stored
  if (by === undefined) return { is: 'in use' }
  return { is: 'set aside', ours: by === 'us', drained: pods === 0 }
}
