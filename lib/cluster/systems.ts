import { distributions, type Distribution } from './distributions.ts'
import {
  cgroupV2Kernel,
  compareVersions,
  newestMinor,
  releaseOf,
  releases,
  type Release,
} from './versions.ts'

/** A system as os-release names it, and what else was found on the host, which counts more than how it usually comes. */
export interface FoundSystem {
  readonly id: string
  readonly version: string
  readonly kernel?: string
  readonly cgroup?: 1 | 2
}

/** Whether Kubernetes runs there; reasons and advice are data, which whoever shows them puts into words. */
export type Verdict = { readonly is: 'supported' } | Objection

export interface Objection {
  readonly is: 'warning' | 'refused' | 'unknown'
  readonly why: Reason
  readonly advice: Advice
}

export type Reason =
  | { readonly key: 'kernel'; readonly found: string; readonly wanted: string }
  | { readonly key: 'cgroupV1' }
  /** A day, as 2024-06-30. */
  | { readonly key: 'endOfLife'; readonly since: string }
  | { readonly key: 'unknownSystem' | 'unknownVersion'; readonly found: string }
  | { readonly key: 'architecture'; readonly found: string }

export type Advice =
  /** Of the same system: those with nothing to be said against, which may be none, or those in the table. */
  | { readonly key: 'newerVersion' | 'knownVersion'; readonly versions: readonly string[] }
  /** To boot with `systemd.unified_cgroup_hierarchy=1`. */
  | { readonly key: 'unifiedCgroups' }
  | { readonly key: 'knownSystem'; readonly systems: readonly string[] }
  | { readonly key: 'otherDistribution'; readonly distributions: readonly Distribution[] }
  | { readonly key: 'otherMachine'; readonly machines: readonly string[] }

interface System {
  readonly id: string
  /** The whole version, or its first number where later ones come as updates. */
  readonly version: string
  readonly kernel: string
  /** What it boots with, unless told otherwise. */
  readonly cgroup: 1 | 2
  /** The last day with updates for everybody; not where that depends on a service pack that os-release does not tell. */
  readonly endOfLife?: string
  /** Its maker brings what newer kernels learned into this one, so that its number says too little. */
  readonly ported?: true
}

const el7 = { version: '7', kernel: '3.10', cgroup: 1, endOfLife: '2024-06-30' } as const
const el8 = { version: '8', kernel: '4.18', cgroup: 1, endOfLife: '2029-05-31', ported: true } as const
const el9 = { version: '9', kernel: '5.14', cgroup: 2, endOfLife: '2032-05-31' } as const
const el10 = { version: '10', kernel: '6.12', cgroup: 2, endOfLife: '2035-05-31' } as const

const systems: readonly System[] = [
  { id: 'centos', ...el7 },
  { id: 'centos', ...el8, endOfLife: '2024-05-31' },
  { id: 'centos', ...el9, endOfLife: '2027-05-31' },
  { id: 'centos', ...el10, endOfLife: '2030-01-01' },
  { id: 'rhel', ...el7 },
  ...[el8, el9, el10].flatMap((el) => ['rhel', 'rocky', 'almalinux'].map((id) => ({ id, ...el }))),
  { id: 'ubuntu', version: '20.04', kernel: '5.4', cgroup: 1, endOfLife: '2025-05-31' },
  { id: 'ubuntu', version: '22.04', kernel: '5.15', cgroup: 2, endOfLife: '2027-05-31' },
  { id: 'ubuntu', version: '24.04', kernel: '6.8', cgroup: 2, endOfLife: '2029-05-31' },
  { id: 'ubuntu', version: '26.04', kernel: '7.0', cgroup: 2, endOfLife: '2031-05-31' },
  { id: 'debian', version: '11', kernel: '5.10', cgroup: 2, endOfLife: '2026-08-31' },
  { id: 'debian', version: '12', kernel: '6.1', cgroup: 2, endOfLife: '2028-06-30' },
  { id: 'debian', version: '13', kernel: '6.12', cgroup: 2, endOfLife: '2030-06-30' },
  { id: 'openEuler', version: '22.03', kernel: '5.10', cgroup: 1 },
  { id: 'openEuler', version: '24.03', kernel: '6.6', cgroup: 1 },
]

/** Whether a minor of Kubernetes runs on a system: the worst that is to be said of it. */
export function verdictOn(found: FoundSystem, minor: string, today = new Date()): Verdict {
  const all = verdictsOn(found, minor, today)
  return all.find(({ is }) => is === 'refused') ?? all[0] ?? { is: 'supported' }
}

/** All that is to be said against running a minor of Kubernetes on a system. */
export function verdictsOn(found: FoundSystem, minor: string, today = new Date()): readonly Objection[] {
  const sameId = systems.filter(({ id }) => id.toLowerCase() === found.id.toLowerCase())
  if (sameId.length === 0) {
    const known = [...new Set(systems.map(({ id }) => id))]
    const why = { key: 'unknownSystem', found: found.id } as const
    return [{ is: 'unknown', why, advice: { key: 'knownSystem', systems: known } }]
  }
  const system = sameId.find(({ version }) => `${found.version}.`.startsWith(`${version}.`))
  const release = releaseOf(minor) ?? releases[newestMinor]
  if (system === undefined) {
    const why = { key: 'unknownVersion', found: found.version } as const
    return [{ is: 'unknown', why, advice: { key: 'knownVersion', versions: versionsOf(sameId) } }]
  }
  const { kernel = system.kernel, cgroup = system.cgroup } = found
  const flawless = sameId.filter((each) => complaints(each, release, today).length === 0)
  return complaints({ ...system, kernel, cgroup }, release, today).map((complaint): Objection => {
    if (complaint.why.key === 'cgroupV1') return { ...complaint, advice: { key: 'unifiedCgroups' } }
    return { ...complaint, advice: { key: 'newerVersion', versions: versionsOf(flawless) } }
  })
}

function versionsOf(some: readonly System[]): readonly string[] {
  return some.map(({ version }) => version)
}

interface Complaint {
  readonly is: 'warning' | 'refused'
  readonly why: Reason
}

function complaints(
  { kernel, cgroup, endOfLife, ported }: System,
  release: Release,
  today: Date,
): readonly Complaint[] {
  const kernelBelow = (wanted: string) => compareVersions(kernel, wanted) < 0
  const tooOld = (wanted: string) => ({ key: 'kernel', found: kernel, wanted }) as const
  const found: Complaint[] = []
  if (kernelBelow(release.kernel))
    found.push({ is: ported ? 'warning' : 'refused', why: tooOld(release.kernel) })
  if (cgroup === 1 && release.cgroupV1 !== 'supported')
    found.push({ is: release.cgroupV1 === 'refused' ? 'refused' : 'warning', why: { key: 'cgroupV1' } })
  if (endOfLife !== undefined && today > new Date(`${endOfLife}T23:59:59Z`))
    found.push({ is: 'warning', why: { key: 'endOfLife', since: endOfLife } })
  if (cgroup === 2 && kernelBelow(cgroupV2Kernel)) found.push({ is: 'warning', why: tooOld(cgroupV2Kernel) })
  return found
}

const everywhere = ['x86_64', 'aarch64']

/** For which machines each distribution is built, as `uname -m` names them. */
export const machines: Readonly<Record<Distribution, readonly string[]>> = {
  k3s: [...everywhere, 'armv7l'],
  rke2: everywhere,
  kubeadm: [...everywhere, 's390x', 'ppc64le'],
  binary: [...everywhere, 's390x', 'ppc64le'],
}

/** Whether a distribution is built for a machine. */
export function machineVerdict(machine: string, distribution: Distribution): Verdict {
  if (machines[distribution].includes(machine)) return { is: 'supported' }
  const others = distributions.filter((each) => machines[each].includes(machine))
  const advice: Advice =
    others.length > 0
      ? { key: 'otherDistribution', distributions: others }
      : { key: 'otherMachine', machines: machines[distribution] }
  return { is: 'refused', why: { key: 'architecture', found: machine }, advice }
}
