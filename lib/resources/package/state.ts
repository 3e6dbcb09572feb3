import type { HostReader } from '../../host/host.ts'
import type { Reading } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { find, findHeld, toolOf, type Found } from './tools.ts'
import { fitsVersion, isOlder } from './versions.ts'

/** What is asked of a package, besides its name. */
export interface Aim {
  /**
   * Exactly this one, as the package tool writes it, or without its build (`1.34.2`), or a pattern (`1.34.*`).
   * Default: the one that is installed, else the newest.
   */
  readonly version?: string
  /** Whether it stays at its version when all is upgraded. Default: as it is. */
  readonly hold?: boolean
  /** A newer one gives way to the version that is asked for. */
  readonly allowDowngrade?: boolean
  /** Removes it, but not its configuration. */
  readonly state?: 'absent'
}

/** What is aimed at decides what is looked at: whoever wants any version is not concerned by an upgrade. */
export type PackageRef = {
  readonly name: string
  readonly aim: 'any version' | 'one version' | 'none'
  readonly version?: string
  readonly hold?: true
}

type Hint = { readonly version: string; readonly available?: boolean }

export type PackageState =
  | { readonly is: 'absent' }
  /** Removed, with its configuration kept. */
  | { readonly is: 'residual' }
  /** One or the other of these two, for who wants none. */
  | { readonly is: 'removed' }
  /** An installation was begun and not ended. */
  | { readonly is: 'half' }
  /** A version that fits what is asked for is told as it is asked for. */
  | { readonly is: 'installed'; readonly version?: string; readonly held?: boolean; readonly hint?: Hint }

export function refOf(name: string, { version, hold, state }: Aim): PackageRef {
  const aim = state === 'absent' ? 'none' : version === undefined ? 'any version' : 'one version'
  if (version !== undefined && !/^[\w.+~:^*-]+$/.test(version))
    throw new TypeError(`${JSON.stringify(version)} is no version of ${name}.`)
  if (state === 'absent' && (version !== undefined || hold !== undefined))
    throw new TypeError(`${name} is to be absent, and to have a version or to be held.`)
  return {
    name,
    aim,
    ...(version === undefined ? {} : { version }),
    ...(hold === undefined ? {} : { hold: true as const }),
  }
}

/** All packages in one round trip, unless a version is to be left: then the repositories are asked for it as well. */
export async function readPackages(
  host: HostReader,
  refs: readonly PackageRef[],
): Promise<readonly Reading<PackageState>[]> {
  const names = [...new Set(refs.map(({ name }) => name))]
  const holds = refs.flatMap(({ name, hold }) => (hold === true ? [name] : []))
  const [found, held] = await Promise.all([find(host, names), findHeld(host, holds)])
  // Only who means to leave a version has to know whether there is a way back to it.
  const leaving = refs.filter(
    ({ name, aim }) => aim !== 'any version' && found.get(name)?.status === 'installed',
  )
  const versions = leaving.length === 0 ? undefined : await availableOf(host, leaving)
  return refs.map((ref) => stateOf(ref, found.get(ref.name), held.includes(ref.name), versions))
}

/** The state that is wished for. */
export function wantedPackage(name: string, actual: PackageState, aim: Aim): PackageState {
  const { version, hold, state } = aim
  if (state === 'absent') return { is: 'removed' }
  const fields = {
    ...(version === undefined ? {} : { version }),
    ...(hold === undefined ? {} : { held: hold }),
  }
  if (actual.is !== 'installed') return { is: 'installed', ...fields }
  const now = actual.version
  if (version !== undefined && now !== undefined && now !== version && aim.allowDowngrade !== true) {
    if (isOlder(version, now)) throw newer(name, now, version)
  }
  return { ...actual, ...fields }
}

async function availableOf(
  host: HostReader,
  refs: readonly PackageRef[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const tool = await toolOf(host)
  return tool.versions(
    host,
    refs.map(({ name }) => name),
  )
}

function stateOf(
  { name, aim, version: asked, hold }: PackageRef,
  found: Found | undefined,
  held: boolean,
  versions: ReadonlyMap<string, readonly string[]> | undefined,
): PackageState {
  if (found?.status === 'half') return { is: 'half' }
  if (found?.status !== 'installed') {
    if (aim === 'none') return { is: 'removed' }
    return { is: found === undefined ? 'absent' : 'residual' }
  }
  const { version } = found
  const holding = hold === true ? { held } : {}
  if (aim === 'any version') return { is: 'installed', ...holding, hint: { version } }
  return {
    is: 'installed',
    version: asked !== undefined && fitsVersion(version, asked) ? asked : version,
    ...holding,
    hint: { version, available: versions?.get(name)?.includes(version) ?? false },
  }
}

function newer(name: string, now: string, asked: string): TaskFailed {
  return new TaskFailed(`${name} is installed in version ${now}, which is newer than ${asked}.`, {
    advice:
      'If the older one is meant, say allowDowngrade; what it wrote meanwhile may not suit the older one.',
  })
}
