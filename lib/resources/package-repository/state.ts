import { sh } from '../../host/command.ts'
import type { Hash, HostReader, Stat } from '../../host/host.ts'
import type { Reading } from '../../task/kind.ts'
import {
  isFetched,
  listPrefixes,
  listsOf,
  oneLiners,
  otherSources,
  type AptSource,
  type Elsewhere,
} from './apt-sources.ts'
import { apt } from '../package/apt.ts'
import { toolOf } from '../package/tools.ts'

export type RepositoryRef = {
  readonly name: string
  /** Whose lists are to be there; left out where the repository is to be absent and nobody says whose they are. */
  readonly apt?: { readonly uris: readonly string[]; readonly suites: readonly string[] }
}

export type RepositoryState = {
  readonly is: 'repository' | 'absent'
  readonly family: 'apt' | 'dnf'
  readonly source: Hash | null
  readonly key: Hash | null
  readonly pin: Hash | null
  /** What the repository has, as apt knows it; dnf fetches it when it is asked for. */
  readonly lists: 'fetched' | 'missing' | 'of no concern'
  /** Lines in files of other tools that name the same source: apt refuses to work with two that differ. */
  readonly elsewhere: readonly { readonly [Key in keyof Elsewhere]: string }[]
  readonly hint?: {
    readonly noFolder?: true
    /** Files of the new form that name the same source. */
    readonly others?: readonly string[]
  }
}

export const listsFolder = '/var/lib/apt/lists'

/** Where the parts of a repository stand; with dnf, what is preferred stands in the source itself. */
export function pathsOf(family: 'apt' | 'dnf', name: string): Readonly<Record<'source' | 'key', string>> {
  return family === 'apt'
    ? { source: `/etc/apt/sources.list.d/${name}.sources`, key: `/etc/apt/keyrings/${name}.gpg` }
    : { source: `/etc/yum.repos.d/${name}.repo`, key: `/etc/pki/rpm-gpg/RPM-GPG-KEY-${name}` }
}

export function pinFile(name: string): string {
  return `/etc/apt/preferences.d/${name}`
}

/** All repositories in one round trip. */
export async function readRepositories(
  host: HostReader,
  refs: readonly RepositoryRef[],
): Promise<readonly Reading<RepositoryState>[]> {
  const paths = refs.flatMap(({ name }) => {
    const [ofApt, ofDnf] = [pathsOf('apt', name), pathsOf('dnf', name)]
    return [ofApt.source, ofApt.key, pinFile(name), ofDnf.source, ofDnf.key]
  })
  const everySource = '/etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources'
  const [tool, stats, folders, lists, sources] = await Promise.all([
    toolOf(host),
    host.stat(paths),
    host.stat(['/etc/apt/keyrings', '/etc/pki/rpm-gpg']),
    host.query(sh`ls ${listsFolder}`, { ok: [0, 1, 2] }),
    host.query({ text: `grep -sH '' -- ${everySource}` }, { ok: [0, 1, 2] }),
  ])
  const family = tool === apt ? 'apt' : 'dnf'
  const files = lists.stdout.split('\n')
  const noFolder = folders[family === 'apt' ? 0 : 1]?.type === 'absent'
  return refs.map((ref, index) => {
    const at = index * 5 + (family === 'apt' ? 0 : 3)
    const [source, key, pin] = stats.slice(at, family === 'apt' ? at + 3 : at + 2).map(hashOf)
    const ofApt = family === 'apt' ? ref.apt : undefined
    const own = pathsOf(family, ref.name).source
    const others = ofApt === undefined ? [] : otherSources(sources.stdout, own, ofApt)
    const hint = {
      ...(noFolder ? { noFolder: true as const } : {}),
      ...(others.length > 0 ? { others } : {}),
    }
    return {
      is: source === null ? 'absent' : 'repository',
      family,
      source: source ?? null,
      key: key ?? null,
      pin: pin ?? null,
      lists: ofApt === undefined ? 'of no concern' : fetched(ofApt, files) ? 'fetched' : 'missing',
      elsewhere: ofApt === undefined ? [] : oneLiners(sources.stdout, ofApt).map((each) => ({ ...each })),
      ...(Object.keys(hint).length === 0 ? {} : { hint }),
    }
  })
}

/** The lists of a source that stand on the host. */
export async function listsNow(
  host: HostReader,
  source: Pick<AptSource, 'uris' | 'suites'>,
): Promise<readonly string[]> {
  const { stdout } = await host.query(sh`ls ${listsFolder}`, { ok: [0, 1, 2] })
  const files = stdout.split('\n')
  return listPrefixes(source).flatMap((prefix) => listsOf(prefix, files))
}

function fetched(source: Pick<AptSource, 'uris' | 'suites'>, files: readonly string[]): boolean {
  return listPrefixes(source).every((prefix) => isFetched(prefix, files))
}

function hashOf(stat: Stat): Hash | null {
  return stat.type === 'file' ? stat.hash : null
}
