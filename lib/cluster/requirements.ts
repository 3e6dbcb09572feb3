import type { HostRole } from './host-roles.ts'
import { etcdFolder, etcdRole, runtimeFolder } from './places.ts'
import type { ClusterConfiguration } from './vars.ts'

/** What is refused below `least`, and warned of below `advised`. */
export interface Amount {
  readonly least: number
  readonly advised: number
}

export interface DiskRequirement {
  /** Where it is needed; what is mounted there, or above it, has to have it free. */
  readonly path: string
  /** In bytes. What several paths of one file system need adds up. */
  readonly free: Amount
}

/** What a host has to have for what it is. */
export interface Requirements {
  readonly cpus: Amount
  /** In bytes, as the machine is sold: `hasMemory` compares. */
  readonly memory: Amount
  readonly disks: readonly DiskRequirement[]
}

type Configuration = Pick<
  ClusterConfiguration,
  'kubernetes' | 'runtime' | 'etcd' | 'loadBalancer' | 'registry'
>

const GiB = 2 ** 30

/** Which part of a file system has to be free: kubelets throw pods out below 10 % for their files, 15 % for images. */
export const freeShare: Amount = { least: 0.1, advised: 0.15 }

/** Whether a host has a memory; of what it was sold with, firmware and kernel keep up to a tenth. */
export function hasMemory(total: number, wanted: number): boolean {
  return total >= wanted * 0.9
}

/** What a host needs that is all of this: the most of each. A server that is `alone` is all of a small cluster. */
export function requirementsOf(
  roles: readonly HostRole[],
  configuration: Configuration,
  { alone = false }: { readonly alone?: boolean } = {},
): Requirements {
  const each = roles.map((role) => ofRole[role](configuration, alone))
  return {
    cpus: most(each.map(({ cpus }) => cpus)),
    memory: most(each.map(({ memory }) => memory)),
    disks: mostOfEach(each.flatMap(({ disks }) => disks)),
  }
}

const ofRole: Readonly<Record<HostRole, (configuration: Configuration, alone: boolean) => Requirements>> = {
  server: (configuration, alone) => ({
    ...leastOfServer[configuration.kubernetes.distribution](alone),
    disks: [
      ...nodeDisks(configuration, alone ? [30, 10, 5] : [60, 20, 10]),
      ...(etcdRole(configuration) === 'server' ? [etcdDisk(configuration, alone ? 5 : 10)] : []),
    ],
  }),
  agent: (configuration) => ({
    ...leastOfAgent[configuration.kubernetes.distribution],
    disks: nodeDisks(configuration, [120, 60, 20]),
  }),
  etcd: (configuration) =>
    etcdRole(configuration) === 'etcd'
      ? { cpus: amount(2, 4), memory: gib(2, 8), disks: [etcdDisk(configuration, 20), logs(5)] }
      : nothing,
  lb: ({ loadBalancer: { type } }) =>
    type === 'haproxy' || type === 'nginx'
      ? { cpus: amount(1, 2), memory: gib(0.5, 2), disks: [logs(5)] }
      : nothing,
  registry: ({ registry: { type } }) => {
    if (type === 'harbor')
      return { cpus: amount(2, 4), memory: gib(4, 8), disks: [disk('/data', 40, 160), logs(10)] }
    if (type !== 'registry') return nothing
    return { cpus: amount(1, 2), memory: gib(1, 4), disks: [disk('/var/lib/registry', 2, 100), logs(5)] }
  },
}

/** For a host whose group has nothing to run in this cluster. */
const nothing: Requirements = { cpus: amount(0, 0), memory: amount(0, 0), disks: [] }

type Machine = Pick<Requirements, 'cpus' | 'memory'>

const server = (cpus: number, memory: number) => (alone: boolean) => ({
  cpus: amount(cpus, alone ? 2 : 4),
  memory: gib(memory, alone ? 4 : 8),
})

const leastOfServer = {
  k3s: server(2, 2),
  rke2: server(2, 4),
  kubeadm: server(2, 4),
  binary: server(2, 4),
} as const

const agent = (cpus: number, memory: number): Machine => ({ cpus: amount(cpus, 8), memory: gib(memory, 16) })

const leastOfAgent = {
  k3s: agent(1, 0.5),
  rke2: agent(2, 2),
  kubeadm: agent(2, 2),
  binary: agent(2, 2),
} as const

/** Together with etcd's, the least comes to the 2 GB that a control plane was seen to take. */
function nodeDisks(
  configuration: Configuration,
  [ofImages, ofVolumes, ofLogs]: readonly [number, number, number],
): readonly DiskRequirement[] {
  return [
    disk(runtimeFolder(configuration), 1, ofImages),
    disk('/var/lib/kubelet', 0.25, ofVolumes),
    logs(ofLogs),
    disk('/tmp', 0.125, 1),
  ]
}

function etcdDisk(configuration: Configuration, advised: number): DiskRequirement {
  return disk(etcdFolder(configuration), 0.5, advised)
}

function logs(advised: number): DiskRequirement {
  return disk('/var/log', 0.25, advised)
}

function disk(path: string, least: number, advised: number): DiskRequirement {
  return { path, free: gib(least, advised) }
}

function gib(least: number, advised: number): Amount {
  return amount(least * GiB, advised * GiB)
}

function amount(least: number, advised: number): Amount {
  return { least, advised: Math.max(least, advised) }
}

function most(amounts: readonly Amount[]): Amount {
  return {
    least: Math.max(0, ...amounts.map(({ least }) => least)),
    advised: Math.max(0, ...amounts.map(({ advised }) => advised)),
  }
}

function mostOfEach(disks: readonly DiskRequirement[]): readonly DiskRequirement[] {
  const paths = [...new Set(disks.map(({ path }) => path))]
  return paths.map((path) => {
    return { path, free: most(disks.filter((each) => each.path === path).map(({ free }) => free)) }
  })
}
