import { basename, dirname, extname, resolve } from 'node:path'
import { GroupGraph } from './group-graph.ts'
import { InventoryError, type InventoryWarning } from './inventory-error.ts'
import { noVault } from '../secrets/vault/vault.ts'
import type { Variables } from './located.ts'
import { readSource, sourceKind, type Source } from './source.ts'

export interface InventoryHost {
  readonly name: string
  /** All groups it belongs to, `all` first and the nearest last: by depth, priority and name. */
  readonly groups: readonly string[]
  /** What its own lines say. */
  readonly vars: Variables
}

export interface Group {
  readonly name: string
  /** Its own hosts, then those of its children, level by level. */
  readonly hosts: readonly string[]
  readonly ownHosts: readonly string[]
  readonly children: readonly string[]
  /** How far below `all`, on the longest way. */
  readonly depth: number
  readonly priority: number
  readonly vars: Variables
}

/** Which hosts there are, in Ansible's order, and what the inventory itself says of them. */
export interface Inventory {
  /** In the order of the group `all`. */
  readonly hosts: readonly InventoryHost[]
  /** The names of all hosts in the order in which sources mention them, which is that of globs. */
  readonly mentioned: readonly string[]
  readonly groups: ReadonlyMap<string, Group>
  /** The hosts of a group; none when there is no such group. */
  group(name: string): readonly string[]
  /** The folder of the first source; of a list of hosts, the current one. */
  readonly folder: string
  /** The folders of all sources but lists: `group_vars` and `host_vars` may stand in each. */
  readonly folders: readonly string[]
  /** What the cluster's state is filed under: `hosts` for `hosts.ini`. */
  readonly name: string
  readonly warnings: readonly InventoryWarning[]
}

/**
 * Reads inventories, each an INI or YAML file, a folder of such files, a program that prints hosts, or a list of hosts
 * with a comma in it; later ones add to earlier ones. The vault opens what is encrypted of them.
 */
export async function loadInventory(sources: readonly Source[], vault = noVault): Promise<Inventory> {
  const graph = new GroupGraph()
  const warnings: InventoryWarning[] = []
  const places: Place[] = []
  for (const source of sources) {
    warnings.push(...(await readSource(source, graph, vault)))
    const kind = await sourceKind(source)
    if (kind === 'list' || typeof source !== 'string') continue
    places.push({ source, folder: kind === 'folder' ? resolve(source) : dirname(resolve(source)) })
  }
  graph.reconcile()
  if (graph.hosts.size === 0) throw noHosts(sources)
  const [first] = places
  return {
    ...frozen(graph),
    folder: first?.folder ?? process.cwd(),
    // A folder that is named twice takes effect where it is named last.
    folders: [...new Set(places.map(({ folder }) => folder).toReversed())].toReversed(),
    name: clusterName(first?.source),
    warnings: [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()],
  }
}

/** Where a source stands, and where `group_vars` and `host_vars` beside it do. */
interface Place {
  readonly source: string
  readonly folder: string
}

/** What a cluster's state is filed under: the file's name, or its folder's where every file is called `hosts`. */
export function clusterName(file: string | undefined): string {
  if (file === undefined) return 'host-list'
  const [stem, folder] = [basename(file, extname(file)), basename(dirname(resolve(file)))]
  return stem === 'hosts' && folder !== 'inventory' ? folder : stem
}

function frozen(graph: GroupGraph): Pick<Inventory, 'hosts' | 'mentioned' | 'groups' | 'group'> {
  const depths = graph.depths()
  const groups = new Map<string, Group>()
  for (const { name, children, priority, vars, hosts } of graph.groups.values()) {
    const depth = depths.get(name) ?? 0
    const all = graph.hostsOf(name)
    groups.set(name, {
      name,
      hosts: all,
      ownHosts: [...hosts],
      children: [...children],
      depth,
      priority,
      vars,
    })
  }
  const nearness = nearnessOf(graph, groups)
  const hosts = graph.hostsOf('all').map((name): InventoryHost => {
    const draft = graph.hosts.get(name)
    return { name, groups: nearness(draft?.groups ?? new Set()), vars: draft?.vars ?? new Map() }
  })
  return {
    hosts,
    mentioned: [...graph.hosts.keys()],
    groups,
    group: (name) => groups.get(name)?.hosts ?? [],
  }
}

/** All groups that some groups are a part of, in the order of their effect; many hosts have the same. */
function nearnessOf(graph: GroupGraph, groups: ReadonlyMap<string, Group>) {
  const known = new Map<string, readonly string[]>()
  return (own: ReadonlySet<string>): readonly string[] => {
    const key = [...own].join('\n')
    const found = known.get(key)
    if (found !== undefined) return found
    const names = new Set([...own].flatMap((group) => [...graph.ancestorsOf(group)]))
    const sorted = [...names].flatMap((name) => groups.get(name) ?? []).toSorted(byNearness)
    const nearest = sorted.map(({ name }) => name)
    known.set(key, nearest)
    return nearest
  }
}

function byNearness(a: Group, b: Group): number {
  return a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : 1)
}

function noHosts(sources: readonly Source[]): InventoryError {
  const names = sources.filter((source) => typeof source === 'string')
  return new InventoryError(
    { file: names.join(', ') || '(no inventory)' },
    'expected at least one host, found none',
    'Give an inventory with -i and write each host on a line of its own.',
  )
}
