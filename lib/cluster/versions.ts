import type { Kubernetes } from './vars.ts'

/** The minors of Kubernetes that are known, oldest first. */
export const minors = ['1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36'] as const

export type Minor = (typeof minors)[number]

/** The newest of them: what checks speak of when no version is asked for. */
export const newestMinor: Minor = '1.36'

/** What fits a minor of Kubernetes. What is not said here fits as well as it may: nobody has tried it. */
export interface Release {
  /** Whether a kubelet runs on a host with cgroup v1, as it is configured by default. */
  readonly cgroupV1: 'supported' | 'maintenance' | 'refused'
  /** The least kernel. */
  readonly kernel: string
  readonly ipvs: 'supported' | 'deprecated'
  readonly nftables: 'missing' | 'supported'
  /** The least that the kubelet can speak with, and from where on each line was tested with it. */
  readonly containerd: { readonly least: string; readonly tested: readonly string[] }
  /** The least engine, and the least of what stands between it and the kubelet. */
  readonly docker: { readonly engine: string; readonly criDockerd: string }
  readonly isulad: 'untested'
  /** The line that kubeadm starts, and the least version that it takes from somebody else. */
  readonly etcd: { readonly line: string; readonly least: string }
  /** The lines that were tested with it. */
  readonly calico: readonly string[]
  readonly cilium: readonly string[]
}

/** With older kernels, kubelets miss parts of cgroup v2. */
export const cgroupV2Kernel = '5.8'

// What kube-proxy asks for before it writes rules of nftables.
const nftablesKernel = '5.13'

const cgroupV1Supported = {
  cgroupV1: 'supported',
  // containerd builds on what overlayfs came to in that series.
  kernel: '4.0',
  ipvs: 'supported',
  nftables: 'missing',
  // With 20.10, Docker learned cgroup v2; cri-dockerd 0.3.0 brought the one CRI that kubelets speak since 1.26.
  docker: { engine: '20.10', criDockerd: '0.3.0' },
  // What its makers say of the CRI ends with Kubernetes 1.29.
  isulad: 'untested',
} as const

const cgroupV1InMaintenance = {
  ...cgroupV1Supported,
  cgroupV1: 'maintenance',
  nftables: 'supported',
} as const

// kubeadm begins its list of kernels there.
const kernelsOfKubeadm = { ...cgroupV1InMaintenance, kernel: '4.19' } as const

// Where only cgroup v2 is left, its freezer is needed, which came with 5.2.
const cgroupV1Refused = {
  ...cgroupV1InMaintenance,
  cgroupV1: 'refused',
  kernel: '5.2',
  ipvs: 'deprecated',
} as const

/** What fits which minor, as its makers and those of the other parts say. */
export const releases: Readonly<Record<Minor, Release>> = {
  '1.30': {
    ...cgroupV1Supported,
    containerd: { least: '1.6', tested: ['1.6.28', '1.7.13', '2.0.0', '2.1.0'] },
    etcd: { line: '3.5', least: '3.5.11' },
    calico: ['3.28', '3.29'],
    cilium: ['1.16', '1.17', '1.18'],
  },
  '1.31': {
    ...cgroupV1InMaintenance,
    containerd: { least: '1.6', tested: ['1.6.34', '1.7.20', '2.0.0', '2.1.0'] },
    etcd: { line: '3.5', least: '3.5.11' },
    calico: ['3.29', '3.30'],
    cilium: ['1.17', '1.18'],
  },
  '1.32': {
    ...kernelsOfKubeadm,
    containerd: { least: '1.6', tested: ['1.6.36', '1.7.24', '2.0.1', '2.1.0'] },
    etcd: { line: '3.5', least: '3.5.11' },
    calico: ['3.29', '3.30', '3.31'],
    cilium: ['1.17', '1.18', '1.19'],
  },
  '1.33': {
    ...kernelsOfKubeadm,
    containerd: { least: '1.6', tested: ['1.6.36', '1.7.24', '2.0.4', '2.1.0'] },
    etcd: { line: '3.5', least: '3.5.21' },
    calico: ['3.30', '3.31'],
    cilium: ['1.18', '1.19', '1.20'],
  },
  '1.34': {
    ...kernelsOfKubeadm,
    containerd: { least: '1.6', tested: ['1.7.28', '2.0.6', '2.1.3'] },
    etcd: { line: '3.6', least: '3.5.21' },
    calico: ['3.31', '3.32'],
    cilium: ['1.19', '1.20'],
  },
  '1.35': {
    ...cgroupV1Refused,
    containerd: { least: '1.6', tested: ['1.7.28', '2.1.5', '2.2.0'] },
    etcd: { line: '3.6', least: '3.5.24' },
    calico: ['3.31', '3.32', '3.33'],
    cilium: ['1.19', '1.20'],
  },
  '1.36': {
    ...cgroupV1Refused,
    // From here on a kubelet asks the runtime for its cgroup driver, and does without no answer.
    containerd: { least: '2.0', tested: ['2.2.0', '2.3.0'] },
    docker: { engine: '20.10', criDockerd: '0.3.17' },
    etcd: { line: '3.6', least: '3.5.24' },
    calico: ['3.32', '3.33'],
    cilium: ['1.20'],
  },
}

/** What fits a version of Kubernetes; nothing is known of one whose minor is not in the table. */
export function releaseOf(version: string): Release | undefined {
  const known = minors.find((minor) => minor === minorOf(version))
  return known === undefined ? undefined : releases[known]
}

/** The least kernel under a Kubernetes; where its version is left out or not known, of the newest. */
export function leastKernel({ version, proxyMode }: Pick<Kubernetes, 'version' | 'proxyMode'>): string {
  const { kernel } = releaseOf(version ?? newestMinor) ?? releases[newestMinor]
  return proxyMode === 'nftables' && compareVersions(kernel, nftablesKernel) < 0 ? nftablesKernel : kernel
}

/** `1.34` of `v1.34.2+k3s1`, and so of every program whose versions have two numbers or more; nothing of what is none. */
export function minorOf(version: string): string | undefined {
  return /^v?(\d+\.\d+)(?:\.\d+)*(?:[-+~].*)?$/.exec(version)?.[1]
}

/** Below zero where the first is older: by numbers, then releases after their candidates, then builds. */
export function compareVersions(a: string, b: string): number {
  const [partsA, partsB] = [partsOf(a), partsOf(b)]
  for (const [at, numbers] of partsA.entries()) {
    const order = compareNumbers(numbers, partsB[at] ?? [])
    if (order !== 0) return order
  }
  return 0
}

const stages = ['alpha', 'beta', 'rc', '']

function partsOf(version: string): readonly (readonly number[])[] {
  const [, numbers = '', stage = '', nth = '', build = ''] =
    /^v?([\d.]*)(?:-?(alpha|beta|rc)\.?(\d*))?(.*)$/.exec(version) ?? []
  return [numbersIn(numbers), [stages.indexOf(stage), Number(nth)], numbersIn(build)]
}

function numbersIn(text: string): readonly number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = Math.sign((a[at] ?? 0) - (b[at] ?? 0))
    if (order !== 0) return order
  }
  return 0
}
