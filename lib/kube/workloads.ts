import { defineFact, type Fact } from '../host/fact.ts'
import { askApi } from './nodes.ts'

/** A deployment, daemon set or stateful set, with how many of its pods are there. */
export interface Workload {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly wanted: number
  readonly available: number
}

/** A pod as the API tells of it. */
export interface Pod {
  readonly namespace: string
  readonly name: string
  /** Pending, Running, Succeeded, Failed or Unknown. */
  readonly phase: string
  /** Why it is not what it should be, where it says so: CrashLoopBackOff, Unschedulable, Evicted. */
  readonly reason: string | undefined
  /** Something makes another one in its stead. */
  readonly isReplaced: boolean
}

export interface Workloads {
  readonly workloads: readonly Workload[]
  readonly pods: readonly Pod[]
}

interface ContainerStatus {
  readonly state?: {
    readonly waiting?: { readonly reason?: string }
    readonly terminated?: { readonly reason?: string }
  }
}

interface Item {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[]
  }
  readonly spec?: { readonly replicas?: number }
  readonly status?: {
    readonly availableReplicas?: number
    readonly desiredNumberScheduled?: number
    readonly numberAvailable?: number
    readonly phase?: string
    readonly reason?: string
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly reason?: string
    }[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
    readonly containerStatuses?: readonly ContainerStatus[]
  }
}

/** All that runs in the cluster, asked from a server. */
export function kubeWorkloads(kubectl: string): Fact<Workloads> {
  const command = `${kubectl} get deployments,daemonsets,statefulsets,pods -A -o json`
  return defineFact(`the workloads by ${kubectl}`, async (host) =>
    workloadsOf(await askApi<{ readonly items?: readonly Item[] }>(host, command)),
  )
}

export function workloadsOf({ items = [] }: { readonly items?: readonly Item[] }): Workloads {
  const pods = items.filter(({ kind }) => kind === 'Pod').map(podOf)
  return { workloads: items.filter(({ kind }) => kind !== 'Pod').map(workloadOf), pods }
}

function workloadOf({ kind, metadata, spec, status }: Item): Workload {
  const { namespace = 'default', name } = metadata
  return kind === 'DaemonSet'
    ? {
        kind,
        namespace,
        name,
        wanted: status?.desiredNumberScheduled ?? 0,
        available: status?.numberAvailable ?? 0,
      }
    : { kind, namespace, name, wanted: spec?.replicas ?? 1, available: status?.availableReplicas ?? 0 }
}

const makers: readonly string[] = ['ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job']

function podOf({ metadata, status }: Item): Pod {
  const { name, namespace = 'default', ownerReferences = [] } = metadata
  return {
    namespace,
    name,
    phase: status?.phase ?? 'Unknown',
    reason: reasonOf(status),
    isReplaced: ownerReferences.some(({ kind }) => makers.includes(kind)),
  }
}

/** The plainest first; what is starting or has ended well is no reason. */
function reasonOf(status: Item['status']): string | undefined {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  const waiting = containers.map(({ state }) => state?.waiting?.reason)
  const ended = containers.map(({ state }) => state?.terminated?.reason)
  const unscheduled = status?.conditions?.find(
    (each) => each.type === 'PodScheduled' && each.status === 'False',
  )
  return [
    ...waiting.filter((reason) => reason !== 'ContainerCreating' && reason !== 'PodInitializing'),
    status?.reason,
    unscheduled?.reason,
    ...ended.filter((reason) => reason !== 'Completed'),
    ...waiting,
  ].find((reason) => reason !== undefined)
}
