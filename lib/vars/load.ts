import type { Inventory } from '../inventory/inventory.ts'
import type { Located, Variables } from '../inventory/located.ts'
import { parseExtra } from './extra.ts'
import { mergeLevels, splitRole } from './merge.ts'
import { noSources, type Sources } from './sources.ts'
import { VarsFiles } from './vars-files.ts'

/** The variables of one host after all levels were laid over each other. */
export interface HostVars {
  readonly host: string
  get(name: string): Located | undefined
  /** All of them, each with its place. */
  all(): Variables
  /** What each level says of a variable, or of a key of a role (`k3s.version`); the one that counts comes first. */
  history(path: string): readonly Located[]
  /** All of them as plain values, without those that Ansible reserves for itself; passwords stay sealed. */
  plain(): Record<string, unknown>
}

export interface VarStore {
  /** Throws for a host that the inventory does not have. */
  of(host: string): HostVars
}

export interface LoadOptions {
  readonly inventory: Inventory
  /** Where `group_vars` and `host_vars` of the playbooks stand. */
  readonly playbookFolder: string
  /** What stands behind each `-e`. */
  readonly extra: readonly string[]
  /** Names under which roles have their variables, which are merged key by key. */
  readonly roleNames: readonly string[]
  /** Where files have encrypted values and references from; without it there are none. */
  readonly sources?: Sources
  /** What the environment says, which yields to all that is written anywhere; of roles only those that are named. */
  readonly environment?: Variables
}

const reserved: ReadonlySet<string> = new Set([
  'ansible_play_batch',
  'ansible_play_hosts',
  'ansible_play_hosts_all',
  'group_names',
  'groups',
  'hostvars',
  'inventory_dir',
  'inventory_file',
  'inventory_hostname',
  'inventory_hostname_short',
  'omit',
  'play_hosts',
  'playbook_dir',
  'role_name',
  'role_path',
])

/** Reads the variables of all hosts, in Ansible's order of precedence. */
export async function loadVars(options: LoadOptions): Promise<VarStore> {
  const { sources = noSources } = options
  const files = new VarsFiles(sources)
  const roleNames = new Set(options.roleNames)
  const extra = await Promise.all(options.extra.map((text) => parseExtra(text, sources)))
  const environment = wanted(options.environment ?? new Map(), roleNames)
  const ofGroups = sharedLevels(environment, roleNames, options, files)
  const { folders, hosts: named } = options.inventory
  const hosts = new Map<string, HostVars>()
  for (const host of named) {
    const shared = await ofGroups(host.groups)
    const own = [
      host.vars,
      ...(await files.each(folders, 'host_vars', [host.name])),
      ...(await files.each([options.playbookFolder], 'host_vars', [host.name])),
      ...extra,
    ]
    hosts.set(host.name, hostVars(host.name, shared, own, roleNames))
  }
  return {
    of(name) {
      const found = hosts.get(name)
      if (found === undefined)
        throw new TypeError(`The inventory has no host "${name}", so it has no variables.`)
      return found
    },
  }
}

/** A name with a dot is of a role; of one that is not there it means nothing. */
function wanted(variables: Variables, roleNames: ReadonlySet<string>): Variables {
  return new Map(
    [...variables].filter(([name]) => !name.includes('.') || splitRole(name, roleNames)[1] !== undefined),
  )
}

/** What hosts of the same groups have in common, from what yields to everything, and what it comes to. */
interface Shared {
  readonly levels: readonly Variables[]
  readonly merged: Variables
}

/** Thousands of hosts are in the same few groups: what those say is read and merged once. */
function sharedLevels(
  environment: Variables,
  roleNames: ReadonlySet<string>,
  { inventory, playbookFolder }: LoadOptions,
  files: VarsFiles,
): (groups: readonly string[]) => Promise<Shared> {
  const known = new Map<string, Shared>()
  return async (ofHost) => {
    const key = ofHost.join('\n')
    const found = known.get(key)
    if (found !== undefined) return found
    const groups = ofHost.filter((name) => name !== 'all')
    const levels = [
      environment,
      ...['all', ...groups].map((name) => inventory.groups.get(name)?.vars ?? new Map()),
      ...(await files.each(inventory.folders, 'group_vars', ['all'])),
      ...(await files.each([playbookFolder], 'group_vars', ['all'])),
      ...(await files.each(inventory.folders, 'group_vars', groups)),
      ...(await files.each([playbookFolder], 'group_vars', groups)),
    ]
    const shared = { levels, merged: mergeLevels(levels, roleNames) }
    known.set(key, shared)
    return shared
  }
}

function hostVars(
  host: string,
  shared: Shared,
  own: readonly Variables[],
  roleNames: ReadonlySet<string>,
): HostVars {
  const variables = mergeLevels(own, roleNames, shared.merged)
  return {
    host,
    get: (name) => variables.get(name),
    all: () => variables,
    history: (path) => {
      const found = [...shared.levels, ...own].toReversed().flatMap((level) => said(level, path, roleNames))
      // A folder may be that of an inventory and of the playbooks, and its files are two levels then.
      return [...new Set(found)]
    },
    plain: () =>
      Object.fromEntries(
        [...variables].filter(([name]) => !reserved.has(name)).map(([name, { value }]) => [name, value]),
      ),
  }
}

/** What one level says of a variable; of a key of a role it may say it in two ways. */
function said(level: Variables, path: string, roleNames: ReadonlySet<string>): readonly Located[] {
  const [role, key] = splitRole(path, roleNames)
  const inMap = key === undefined ? undefined : level.get(role)?.entries?.get(key)
  return [level.get(path), inMap].filter((found) => found !== undefined)
}
