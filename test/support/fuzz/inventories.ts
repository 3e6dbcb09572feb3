import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ansibleJson } from '../../../lib/cli/inventory/ansible-json.ts'
import { GroupGraph } from '../../../lib/inventory/group-graph.ts'
import { readIni } from '../../../lib/inventory/ini.ts'
import { readYamlInventory } from '../../../lib/inventory/yaml.ts'
import { parseVariables } from '../../../lib/vars/yaml-file.ts'
import { iniText } from '../ansible-inventory/ini-text.ts'
import { Shape } from '../ansible-inventory/shape.ts'
import { yamlText, yamlVariables } from '../ansible-inventory/yaml-text.ts'
import { Broken, type Target } from './fuzz.ts'
import type { Random } from './random.ts'

const root = join(import.meta.dirname, '../../..')
const real = (file: string) => readFileSync(join(root, file), 'utf8')
const ini = real('inventory/example.ini')
const variables = real('group_vars/all.yml')

/** A graph that was read is one that can be used: hosts have names, warnings places, values a text. */
function assertWhole(graph: GroupGraph, warnings: readonly { readonly line?: number }[]): void {
  graph.reconcile()
  const all = new Set(graph.hostsOf('all'))
  for (const [name, { vars }] of graph.hosts) {
    if (name === '' || !all.has(name)) throw new Broken(`the host "${name}" is in no group`)
    for (const { value } of vars.values()) JSON.parse(ansibleJson(value))
  }
  graph.depths()
  if (warnings.some(({ line }) => !Number.isInteger(line))) throw new Broken('a warning has no line')
}

const iniInventories: Target = {
  name: 'an inventory in INI that was damaged is read, or its error names a line',
  throws: ['InventoryError'],
  share: 4,
  round(random) {
    const graph = new GroupGraph()
    const text = random.damaged([ini, iniText(random, new Shape(random))]).toString()
    assertWhole(graph, readIni(text, 'hosts.ini', graph))
  },
}

const yamlInventories: Target = {
  name: 'an inventory in YAML that was damaged is read, or its error names a place',
  throws: ['InventoryError', 'UserError'],
  share: 3,
  async round(random) {
    const graph = new GroupGraph()
    const text = random.damaged([yamlText(random, new Shape(random))]).toString()
    assertWhole(graph, readYamlInventory(await parseVariables(text, 'hosts.yml'), graph))
  },
}

const groupVariables: Target = {
  name: 'a file of variables that was damaged is read, or its error names a place',
  throws: ['UserError'],
  share: 3,
  async round(random: Random) {
    const text = random.damaged([variables, yamlVariables(random)]).toString()
    for (const { value } of (await parseVariables(text, 'all.yml')).values()) JSON.parse(ansibleJson(value))
  },
}

export const inventoryTargets: readonly Target[] = [iniInventories, yamlInventories, groupVariables]
