import { addHosts } from './add-hosts.ts'
import type { GroupGraph } from './group-graph.ts'
import { parseHosts } from './host-line.ts'
import type { InventoryWarning } from './inventory-error.ts'

/** Adds the hosts of `-i host1,host2,`; those that are known already stay where they are. */
export function readHostList(source: string, graph: GroupGraph): readonly InventoryWarning[] {
  const spot = { file: `-i ${source}` }
  const words = source.split(',').map((word) => word.trim())
  for (const word of words.filter((each) => each !== '')) {
    const { names, port } = parseHosts(word, spot)
    const fresh = names.filter((name) => !graph.hosts.has(name))
    addHosts(graph, { names: fresh, port, group: 'ungrouped', variables: new Map(), spot })
  }
  return []
}
