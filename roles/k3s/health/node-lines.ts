import { isEtcd, isReady, isVoter, type KubeNode } from '../../../lib/kube/nodes.ts'
import type { HealthLine } from './line.ts'

const troubles = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'] as const

export interface Expected {
  /** Nodes by the inventory. */
  readonly names: readonly string[]
  readonly version: string | undefined
}

/** Each node as the cluster has it, held against the inventory. */
export function nodeLines(nodes: readonly KubeNode[], { names, version }: Expected): readonly HealthLine[] {
  const missing = names.filter((name) => !nodes.some((node) => node.name === name))
  return [
    ...nodes.flatMap((node) => linesOf(node, names.includes(node.name), version)),
    ...missing.map((name): HealthLine => {
      const advice = 'playbooks/install.ts lets it join.'
      return { grade: 'fatal', about: 'node', name, found: 'The cluster has no such node.', advice }
    }),
  ]
}

function linesOf(node: KubeNode, isExpected: boolean, version: string | undefined): readonly HealthLine[] {
  const { name, conditions, message } = node
  const line = (grade: HealthLine['grade'], found: string, advice?: string): HealthLine => {
    return { grade, about: 'node', name, found, ...(advice === undefined ? {} : { advice }) }
  }
  const wrong = [
    ...(isReady(node)
      ? []
      : [line('fatal', `Ready is ${conditions['Ready'] ?? 'not said'}: ${message}`, 'See its service.')]),
    ...troubles
      .filter((type) => conditions[type] === 'True')
      .map((type) => line('fatal', `${type} is True.`, `kubectl describe node ${name}`)),
    ...(node.unschedulable
      ? [line('warning', 'It is cordoned: it gets no new pods.', `kubectl uncordon ${name}`)]
      : []),
    ...(version === undefined || node.version === version
      ? []
      : [line('warning', `It runs ${node.version}, and kubernetes.version is ${version}.`)]),
    ...(isExpected
      ? []
      : [line('warning', 'The inventory has no such node.', 'Add it there, or take it out of the cluster.')]),
  ]
  return wrong.length > 0 ? wrong : [line('ok', `It is ready, with ${node.version}.`)]
}

/** Who votes, and how many of them may be lost; nothing where there is no etcd among the nodes. */
export function etcdLines(nodes: readonly KubeNode[]): readonly HealthLine[] {
  const members = nodes.filter(isEtcd)
  if (members.length === 0) return []
  const voters = members.filter((node) => isVoter(node) && isReady(node))
  const bears = voters.length - (Math.floor(members.length / 2) + 1)
  const count = `${voters.length} of ${members.length} members vote`
  const about = { about: 'etcd', name: 'cluster' } as const
  const whole: HealthLine =
    bears < 0
      ? { grade: 'fatal', ...about, found: `${count}: no majority.` }
      : bears === 0 && members.length > 1
        ? { grade: 'warning', ...about, found: `${count}: none of them may be lost.` }
        : { grade: 'ok', ...about, found: bears === 0 ? `${count}.` : `${count}: ${bears} may be lost.` }
  const silent = members.filter((node) => !isVoter(node))
  return [
    whole,
    ...silent.map(({ name, conditions }): HealthLine => {
      const found = `EtcdIsVoter is ${conditions['EtcdIsVoter'] ?? 'not said'}.`
      return { grade: 'fatal', about: 'etcd', name, found, advice: 'It learns as long as it joins.' }
    }),
  ]
}
