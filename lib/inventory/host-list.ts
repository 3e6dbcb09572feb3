import { addHosts } from './add-hosts.ts'
import type { GroupGraph } from './group-graph.ts'
import { parseHosts } from './host-line.ts'

/** Lists of hosts, each with the group that it makes. */
export interface NamedGroups {
  readonly groups: readonly {
    readonly group: string
    /** With commas between them. */
    readonly hosts: string
    /** Where that was said, for messages. */
    readonly said: string
  }[]
}

/** Adds the hosts of `-i host1,host2,`; those that are known already stay where they are. */
export function readHostList(source: string, graph: GroupGraph): void {
  addEach(source, 'ungrouped', `-i ${source}`, graph, (name) => !graph.hosts.has(name))
}

/** Adds groups that are lists of hosts. */
export function readNamedGroups({ groups }: NamedGroups, graph: GroupGraph): void {
  for (const { group, hosts, said } of groups) addEach(hosts, group, said, graph, () => true)
}

function addEach(
  list: string,
  group: string,
  file: string,
  graph: GroupGraph,
  isWanted: (name: string) => boolean,
): void {
  graph.addGroup(group)
  for (const word of list.split(',').map((each) => each.trim())) {
    if (word === '') continue
    const { names, port } = parseHosts(word, { file })
    const wanted = names.filter(isWanted)
    addHosts(graph, { names: wanted, port, group, variables: new Map(), spot: { file } })
  }
}
