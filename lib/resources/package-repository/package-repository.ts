import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defineResource, type WantContext } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { pinText, sourcesText, type AptSource } from './apt-sources.ts'
import { armoured, keyBytes } from './openpgp-armour.ts'
import { moveRepository } from './moves.ts'
import { pathsOf, readRepositories, type RepositoryRef, type RepositoryState } from './state.ts'

/** Where packages of dnf and yum come from. */
export interface DnfSource {
  readonly baseurl: string
  /** Further lines of its section: `priority`, `exclude`, `repo_gpgcheck` … */
  readonly options?: Readonly<Record<string, string | number>>
}

export interface PackageRepositoryArgs {
  /** Names its files. */
  readonly name: string
  /** Each family of systems takes its own; one of the other family is told that there is none for it. */
  readonly apt?: AptSource
  readonly dnf?: DnfSource
  /** The public key that signs it: armoured, or base64 of it, or a file in the role's `files/`. */
  readonly key?: string | { readonly source: string }
  readonly state?: 'absent'
}

interface Spec {
  readonly args: PackageRepositoryArgs
  readonly key: Buffer | undefined
}

/**
 * A repository that packages come from, with its key, and with the lists of what it has. A line in an old `.list` that
 * names the same source is commented out, for apt refuses to work with two that differ in their keys.
 */
export const packageRepository = defineResource('packageRepository', {
  make(args: PackageRepositoryArgs) {
    const { name, apt, dnf, key } = args
    if (!/^[\w-][\w.-]*$/.test(name))
      throw new TypeError(`${JSON.stringify(name)} is no name of a repository.`)
    const addresses = [...(apt?.uris ?? []), ...(dnf === undefined ? [] : [dnf.baseurl])]
    for (const address of addresses) checkAddress(name, address)
    if (args.state !== 'absent' && addresses.length === 0)
      throw new TypeError(`The repository ${name} needs a source, for apt or for dnf.`)
    const ref: RepositoryRef =
      apt === undefined ? { name } : { name, apt: { uris: apt.uris, suites: apt.suites } }
    const spec: Spec = { args, key: typeof key === 'string' ? keyBytes(key) : undefined }
    return { key: name, ref, spec }
  },

  async resolve(spec: Spec, { roleFolder }) {
    const { key } = spec.args
    if (typeof key !== 'object') return spec
    const bytes = await readFile(resolve(roleFolder, 'files', key.source))
    return { ...spec, key: bytes.includes('-----BEGIN PGP') ? keyBytes(bytes.toString()) : bytes }
  },

  read: readRepositories,

  want(actual: RepositoryState, { args, key }: Spec, context: WantContext): RepositoryState {
    if (args.state === 'absent') {
      const lists = actual.lists === 'fetched' ? 'missing' : actual.lists
      return { ...actual, is: 'absent', source: null, key: null, pin: null, lists }
    }
    const { family, hint } = actual
    const keep = (text: string | undefined) => (text === undefined ? null : context.keep(text))
    const paths = pathsOf(family, args.name)
    if (family === 'apt' && args.apt !== undefined) {
      if (hint?.others !== undefined) throw twice(args.name, hint.others)
      return {
        ...actual,
        is: 'repository',
        source: keep(sourcesText(args.apt, key === undefined ? undefined : paths.key)),
        key: key === undefined ? null : context.keep(key),
        pin: keep(pinText(args.apt)),
        lists: 'fetched',
        elsewhere: [],
      }
    }
    if (family === 'apt' || args.dnf === undefined) throw notForIt(args.name, family)
    return {
      ...actual,
      is: 'repository',
      source: keep(sectionText(args.name, args.dnf, key === undefined ? undefined : paths.key)),
      key: keep(key === undefined ? undefined : armoured(key)),
    }
  },

  apply: (host, ref, { to }) => moveRepository(host, ref, to),

  claim: ({ name }) => [
    `repository:${name}`,
    ...(['apt', 'dnf'] as const).map((family) => `path:${pathsOf(family, name).source}`),
  ],
})

function sectionText(name: string, { baseurl, options = {} }: DnfSource, key: string | undefined): string {
  const fields = {
    name,
    baseurl,
    enabled: 1,
    gpgcheck: key === undefined ? 0 : 1,
    ...(key === undefined ? {} : { gpgkey: `file://${key}` }),
    ...options,
  }
  const lines = Object.entries(fields).map(([field, value]) => `${field}=${value}\n`)
  return `[${name}]\n${lines.join('')}`
}

function checkAddress(name: string, address: string): void {
  if (/\s/.test(address) || !/^[a-z+]+:/.test(address))
    throw new TypeError(`${JSON.stringify(address)} is no address for the repository ${name}.`)
  if (/:\/\/[^/]*@/.test(address)) {
    throw new TypeError(
      `The address of the repository ${name} holds a login, which all could read: put it in /etc/apt/auth.conf.d.`,
    )
  }
}

function twice(name: string, files: readonly string[]): TaskFailed {
  return new TaskFailed(`What the repository ${name} is about stands in ${files.join(', ')} as well.`, {
    advice: 'apt refuses to work with two that differ: remove that file, or give this one its name.',
  })
}

function notForIt(name: string, family: string): TaskFailed {
  return new TaskFailed(`The repository ${name} has nothing for a host with ${family}.`, {
    advice: `Give it a source for ${family}, or leave this host out.`,
  })
}
