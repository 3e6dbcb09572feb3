import type { HostReader } from '../host/host.ts'
import { defineResource, type Reading } from '../task/kind.ts'
import { TaskFailed } from '../task/outcome.ts'
import { putIn, takeOut } from './package-moves.ts'
import { checkName, find, toolOf, type Found } from './package-tools.ts'

export interface PackageArgs {
  readonly name: string
  /** Exactly this one, as the package tool writes it. Default: the one that is installed, else the newest. */
  readonly version?: string
  /** Removes it, but not its configuration. */
  readonly state?: 'absent'
}

/** What is aimed at decides what is looked at: whoever wants any version is not concerned by an upgrade. */
type Ref = { readonly name: string; readonly aim: 'any version' | 'one version' | 'none' }

type Hint = { readonly version: string; readonly available?: boolean }

export type PackageState =
  | { readonly is: 'absent' }
  /** Removed, with its configuration kept. */
  | { readonly is: 'residual' }
  /** One or the other of these two, for who wants none. */
  | { readonly is: 'removed' }
  /** An installation was begun and not ended. */
  | { readonly is: 'half' }
  | { readonly is: 'installed'; readonly version?: string; readonly hint?: Hint }

/** A package of the system's own tool, apt or dnf; a revert also removes what came along with it. */
export const osPackage = defineResource('package', {
  make(args: PackageArgs) {
    const { version, state } = args
    const aim = state === 'absent' ? 'none' : version === undefined ? 'any version' : 'one version'
    const ref: Ref = { name: checkName(args.name), aim }
    return { key: args.name, ref, spec: args }
  },

  read,

  want(actual: PackageState, { version, state }): PackageState {
    if (state === 'absent') return { is: 'removed' }
    if (actual.is !== 'installed')
      return version === undefined ? { is: 'installed' } : { is: 'installed', version }
    return version === undefined ? actual : { ...actual, version }
  },

  async apply(host, { name }, { from, to }) {
    if (to.is === 'half') throw new TaskFailed(`${name} was half installed; that cannot be put back.`)
    if (to.is === 'installed') await putIn(host, name, to.version, from.is !== 'installed')
    else await takeOut(host, name, to.is === 'absent')
  },

  claim: ({ name }) => [`package:${name}`],

  oneWay({ from, to }, { name }) {
    if (from.is === 'half') return `${name} was half installed before.`
    if (from.is !== 'installed' || from.hint?.available !== false) return undefined
    if (to.is === 'installed' && to.version === from.version) return undefined
    return `No repository has version ${from.hint.version} of ${name} any more.`
  },
})

async function read(host: HostReader, refs: readonly Ref[]): Promise<readonly Reading<PackageState>[]> {
  const names = [...new Set(refs.map(({ name }) => name))]
  const found = await find(host, names)
  // Only who means to leave a version has to know whether there is a way back to it.
  const leaving = refs.filter(
    ({ name, aim }) => aim !== 'any version' && found.get(name)?.status === 'installed',
  )
  const versions = leaving.length === 0 ? undefined : await availableOf(host, leaving)
  return refs.map((ref) => stateOf(ref, found.get(ref.name), versions))
}

async function availableOf(
  host: HostReader,
  refs: readonly Ref[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const tool = await toolOf(host)
  return tool.versions(
    host,
    refs.map(({ name }) => name),
  )
}

function stateOf(
  { name, aim }: Ref,
  found: Found | undefined,
  versions: ReadonlyMap<string, readonly string[]> | undefined,
): PackageState {
  if (found?.status === 'half') return { is: 'half' }
  if (found?.status !== 'installed') {
    if (aim === 'none') return { is: 'removed' }
    return { is: found === undefined ? 'absent' : 'residual' }
  }
  const { version } = found
  if (aim === 'any version') return { is: 'installed', hint: { version } }
  return {
    is: 'installed',
    version,
    hint: { version, available: versions?.get(name)?.includes(version) ?? false },
  }
}
