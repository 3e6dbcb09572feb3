import { TaskFailed } from '../../lib/task/outcome.ts'
import type { EtcdVars } from './vars.ts'

/** A version as numbers: 3.5.16. */
export type Version = readonly [major: number, minor: number, patch: number]

export function versionOf(text: string): Version | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

/** Before a cluster goes on to 3.6, every member has to be at least at this: earlier ones may have kept what 3.6 refuses. */
export const leastBefore36: Version = [3, 5, 32]

/** Why a member cannot go from one version to another; undefined where it can. */
export function whyNotFrom(from: string, to: string): string | undefined {
  const [old, wanted] = [versionOf(from), versionOf(to)]
  if (old === undefined || wanted === undefined) return `${from} or ${to} is no version of etcd, like 3.5.24`
  if (compared(wanted, old) < 0) return `${to} is older than ${from}, and etcd does not go back by itself`
  if (wanted[0] !== old[0]) return `${to} is of another major version than ${from}`
  if (wanted[1] - old[1] > 1)
    return `from ${from} to ${to} minor versions would be skipped: one at a time, 3.${old[1] + 1} first`
  if (old[1] === 5 && wanted[1] === 6 && compared(old, leastBefore36) < 0) {
    return `${from} has to be at least ${leastBefore36.join('.')} before 3.6: earlier ones may keep what 3.6 refuses`
  }
  return undefined
}

export function compared(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

/** Whether a program of this version knows `etcdutl`, which looks into snapshots since then. */
export function hasUtility(version: string): boolean {
  const known = versionOf(version)
  return known !== undefined && compared(known, [3, 5, 0]) >= 0
}

export function archiveOf({ releases }: EtcdVars, version: string, arch: string) {
  const name = `etcd-v${version}-linux-${arch}.tar.gz`
  return { name, url: `${releases}/v${version}/${name}`, sums: `${releases}/v${version}/SHA256SUMS` }
}

const arches: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' }

/** How releases call a machine. */
export function archOf(machine: string): string {
  const arch = arches[machine]
  if (arch !== undefined) return arch
  throw new TaskFailed(`There is no release of etcd for ${machine}.`, {
    advice: `Releases are made for ${Object.keys(arches).join(' and ')}.`,
  })
}
