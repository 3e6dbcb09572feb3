import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, resolve } from 'node:path'
import { GroupGraph } from './group-graph.ts'
import { parseHosts } from './host-line.ts'
import { readIni, type InventoryWarning } from './ini.ts'
import { InventoryError } from './inventory-error.ts'
import { locate, type Variables } from './located.ts'

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
  readonly groups: ReadonlyMap<string, Group>
  /** The hosts of a group; none when there is no such group. */
  group(name: string): readonly string[]
  /** The folder of the first source; of a list of hosts, the current one. */
  readonly folder: string
  /** The folders of all sources that are files: `group_vars` and `host_vars` may stand in each. */
  readonly folders: readonly string[]
  /** What the cluster's state is filed under: `hosts` for `hosts.ini`. */
  readonly name: string
  readonly warnings: readonly InventoryWarning[]
}

/** Reads inventories, each the path of an INI file or a list of hosts with a comma in it; later ones add to earlier ones. */
export async function loadInventory(sources: readonly string[]): Promise<Inventory> {
  const graph = new GroupGraph()
  const warnings: InventoryWarning[] = []
  const files: string[] = []
  for (const source of sources) {
    if (await isHostList(source)) {
      readHostList(source, graph)
    } else {
      warnings.push(...readIni(await readSource(source), source, graph))
      files.push(resolve(source))
    }
  }
  graph.reconcile()
  if (graph.hosts.size === 0) throw noHosts(sources)
  const first = files[0]
  return {
    ...frozen(graph),
    folder: first === undefined ? process.cwd() : dirname(first),
    folders: [...new Set(files.map((file) => dirname(file)))],
    name: clusterName(first),
    warnings,
  }
}

/** What a cluster's state is filed under: the file's name, or its folder's where every file is called `hosts`. */
export function clusterName(file: string | undefined): string {
  if (file === undefined) return 'host-list'
  const [stem, folder] = [basename(file, extname(file)), basename(dirname(resolve(file)))]
  return stem === 'hosts' && folder !== 'inventory' ? folder : stem
}

async function isHostList(source: string): Promise<boolean> {
  return source.includes(',') && (await stat(source).catch(() => undefined)) === undefined
}

function readHostList(source: string, graph: GroupGraph): void {
  const origin = { file: `-i ${source}` }
  for (const word of source.split(',').map((part) => part.trim())) {
    if (word === '') continue
    const { names, port } = parseHosts(word, origin)
    for (const name of names) {
      const host = graph.addHost(name, 'ungrouped')
      if (port !== undefined) host.vars.set('ansible_port', locate('ansible_port', port, origin))
    }
  }
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const found =
      code === 'ENOENT' ? 'found none' : code === 'EISDIR' ? 'found a folder' : `it cannot be read (${code})`
    const advice =
      code === 'EISDIR'
        ? 'Name the files in it, each with -i.'
        : 'Give the path of an inventory with -i, or a list of hosts that ends in a comma.'
    throw new InventoryError({ file }, `expected an inventory file, ${found}`, advice, { cause })
  }
}

function frozen(graph: GroupGraph): Pick<Inventory, 'hosts' | 'groups' | 'group'> {
  const depths = graph.depths()
  const groups = new Map<string, Group>()
  for (const { name, children, priority, vars } of graph.groups.values()) {
    const depth = depths.get(name) ?? 0
    groups.set(name, { name, hosts: graph.hostsOf(name), children: [...children], depth, priority, vars })
  }
  const hosts = graph.hostsOf('all').map((name): InventoryHost => {
    const draft = graph.hosts.get(name)
    const names = new Set([...(draft?.groups ?? [])].flatMap((group) => [...graph.ancestorsOf(group)]))
    const sorted = [...groups.values()].filter((group) => names.has(group.name)).toSorted(byNearness)
    return { name, groups: sorted.map((group) => group.name), vars: draft?.vars ?? new Map() }
  })
  return { hosts, groups, group: (name) => groups.get(name)?.hosts ?? [] }
}

function byNearness(a: Group, b: Group): number {
  return a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : 1)
}

function noHosts(sources: readonly string[]): InventoryError {
  return new InventoryError(
    { file: sources.join(', ') || '(no inventory)' },
    'expected at least one host, found none',
    'Give an inventory with -i and write each host on a line of its own.',
  )
}
