import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GroupGraph } from '../../../lib/inventory/group-graph.ts'
import { readIni } from '../../../lib/inventory/ini.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { FileJournal } from '../../../lib/state/file-journal.ts'
import { changesToUndo } from '../../../lib/task/journal.ts'
import { render } from '../../../lib/templates/render.ts'
import { parseVariables } from '../../../lib/vars/yaml-file.ts'
import { scratchFolder } from '../scratch.ts'
import { Broken, type Target } from './fuzz.ts'

/** Nothing with which a template would never end. */
const pieces =
  '<%|<%=|<%-|<%#|<%_|<%%|%>|-%>|_%>|%%>|\n| |name|list|map|map.a|map.b|list[0]|list[9]|nothing|nothing.of.it|locals|include|__line|escapeFn|this|(|)|{|}|[|]|.|,|;|+|?|:|=>|"|\'|`|${|if (name)|else|list.map|for (const each of list)|each|JSON.stringify|Object.keys|new Map|throw|null|undefined|1|0|true|\\|//|/*|\u{1F4A5}|\0|typeof|in|void|return|await|async|function|constructor|__proto__|toString'.split(
    '|',
  )
const usual = [
  'name = <%= name %>\n<% for (const each of list) { -%>\n- <%= each %>\n<% } %>',
  "<%- map.a %>\n<% if ('b' in map) { %>b<% } %>\n",
  '<%# a comment %><%= JSON.stringify(list) %>',
]

const templates: Target = {
  name: 'a template becomes text, or an error that names its place',
  throws: ['TemplateError'],
  share: 5,
  round(random) {
    const text = random.once(2)
      ? random.damaged(usual).toString()
      : random.many(14, () => random.pick(pieces)).join('')
    if (/\b(?:while|do)\b/.test(text)) return
    const output = render(
      text,
      { name: 'node1', list: ['a', 'b'], map: { a: 1, c: new Secret('hush', 'a file') } },
      '/nowhere/x.ejs',
    )
    if (typeof output !== 'string' && !(output instanceof Secret))
      throw new Broken(`it became ${typeof output}`)
  },
}

const yaml = [
  'app:\n  name: node1\n  list: [1, 0x1f, yes, ~, "two"]\n  map: { a: 1.5e3, b: !!str 5 }\n',
  'base: &base\n  a: 1\nmore:\n  <<: *base\n  text: |\n    one\n    two\n',
  '{"json": [true, null, 1e400]}\n',
  '---\na: 1\n...\n---\nb: 2\n? [x]\n: y\n',
]

const variables: Target = {
  name: 'YAML becomes variables with their places, or an error that names one',
  throws: ['UserError'],
  share: 4,
  async round(random) {
    const found = await parseVariables(random.damaged(yaml).toString(), 'all.yml')
    for (const [name, { origin }] of found)
      if (typeof name !== 'string' || origin.file !== 'all.yml') throw new Broken(`${name} has no place`)
  },
}

const ini = [
  '[server]\nnode[1:3] ansible_host=10.0.0.1 x="a b"\nnode9:2222\n\n[all:vars]\na = [1, {"b": (2,)}]\nc=\'x\'\n',
  '[a:children]\nb\n\n[b]\nlocalhost # comment\n[v6::1]:22 y=1\n[b:vars]\nansible_group_priority=5\n',
]

const inventories: Target = {
  name: 'INI becomes hosts and groups, or an error that names its line',
  throws: ['InventoryError'],
  share: 4,
  round(random) {
    const graph = new GroupGraph()
    const warnings = readIni(random.damaged(ini).toString(), 'hosts.ini', graph)
    graph.reconcile()
    for (const name of graph.hosts.keys()) if (name === '') throw new Broken('a host has no name')
    if (warnings.some(({ line }) => !Number.isInteger(line))) throw new Broken('a warning has no line')
  },
}

const at = { stage: 0, batch: 0, stageTitle: 'One', role: 'app', task: 'Do it' }
const intent = {
  type: 'intent',
  n: 1,
  at,
  kind: 'file',
  id: 'file:/x',
  ref: { path: '/x' },
  from: { is: 'absent' },
  to: { is: 'file', hash: 'h:1' },
}
const journal = [
  intent,
  { type: 'done', n: 1 },
  { ...intent, n: 2 },
  { type: 'undoing', n: 1, to: { is: 'absent' }, kept: [] },
  { type: 'undone', n: 1 },
]
  .map((entry) => `${JSON.stringify(entry)}\n`)
  .join('')

const folder = scratchFolder()

const journals: Target = {
  name: 'a journal gives its entries, or an error that names its line; what a kill cut short does not count',
  throws: ['UserError'],
  share: 4,
  round(random) {
    const file = join(folder, 'journal')
    const cut = random.once(2)
    const whole = Buffer.from(journal)
    writeFileSync(file, cut ? whole.subarray(0, random.below(whole.length + 1)) : random.damaged([journal]))
    const kept = new FileJournal(file)
    const before = kept.entries.length
    changesToUndo(kept.entries)
    kept.append({ type: 'done', n: kept.next() })
    kept.close()
    const again = new FileJournal(file).entries.length
    if (again !== before + 1) throw new Broken(`${before} entries and one more are ${again}`)
    if (cut && before > 5) throw new Broken('there is more than was written')
  },
}

export const texts: readonly Target[] = [templates, variables, inventories, journals]
