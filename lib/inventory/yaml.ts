import { addHosts } from './add-hosts.ts'
import type { GroupGraph } from './group-graph.ts'
import { setGroupVariable } from './group-variable.ts'
import { parseHosts } from './host-line.ts'
import { InventoryError, type InventoryWarning } from './inventory-error.ts'
import { sealPassword, type Located, type Variables } from './located.ts'
import { didYouMean } from './nearest.ts'

const sections = ['hosts', 'vars', 'children']

/** Adds what a YAML inventory says, `all: {hosts, vars, children}`; what Ansible would pass over in it is refused. */
export function readYamlInventory(groups: Variables, graph: GroupGraph): readonly InventoryWarning[] {
  return [...groups].flatMap(([name, content]) => readGroup(name, content, graph))
}

function readGroup(group: string, content: Located, graph: GroupGraph): readonly InventoryWarning[] {
  graph.addGroup(group)
  return [...mapOf(content, `the group ${group}`)].flatMap(([section, part]) => {
    const entries = entriesOf(part, `${section} of the group ${group}`)
    if (section === 'hosts') return entries.flatMap(([name, vars]) => readHosts(group, name, vars, graph))
    if (section === 'children')
      return entries.flatMap(([name, child]) => readChild(group, name, child, graph))
    if (section !== 'vars') throw unknownSection(section, group, part)
    for (const [name, value] of entries) setGroupVariable(graph, group, name, sealPassword(name, value))
    return []
  })
}

function readHosts(
  group: string,
  pattern: string,
  content: Located,
  graph: GroupGraph,
): readonly InventoryWarning[] {
  const { origin: spot } = content
  const entries = [...mapOf(content, `the variables of ${pattern}`)]
  const variables = new Map(entries.map(([name, value]) => [name, sealPassword(name, value)]))
  const told = addHosts(graph, { ...parseHosts(pattern, spot), group, variables, spot })
  return told.map((message) => ({ ...spot, message }))
}

function readChild(
  group: string,
  name: string,
  content: Located,
  graph: GroupGraph,
): readonly InventoryWarning[] {
  const warnings = readGroup(name, content, graph)
  if (graph.addChild(group, name)) return warnings
  throw new InventoryError(
    content.origin,
    `"${name}" cannot be a child of "${group}": ${group} belongs to ${name} already`,
    'Remove one of the two.',
  )
}

/** Of a section also a single name, as in `hosts: node1`. */
function entriesOf(part: Located, what: string): readonly (readonly [string, Located])[] {
  if (typeof part.value === 'string') return [[part.value, { value: null, origin: part.origin }]]
  return [...mapOf(part, what)]
}

/** Nothing at all is an empty map. */
function mapOf({ value, entries, items, origin }: Located, what: string): Variables {
  if (entries !== undefined) return entries
  if (value === null) return new Map()
  const found = items === undefined ? JSON.stringify(value) : 'a list'
  throw new InventoryError(
    origin,
    `expected a map as ${what}, found ${found}`,
    'Put a colon behind each name, and what belongs to it one step further in.',
  )
}

function unknownSection(section: string, group: string, { origin }: Located): InventoryError {
  return new InventoryError(
    origin,
    `expected hosts, vars or children in the group ${group}, found "${section}"`,
    didYouMean(section, sections),
  )
}
