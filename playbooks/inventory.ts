import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { artifacts } from '../lib/artifacts/vars.ts'
import { backupVars } from '../lib/backup/index.ts'
import { configuration } from '../lib/cluster/vars.ts'
import { ansibleJson } from '../lib/cli/inventory/ansible-json.ts'
import { hostDump, listDump } from '../lib/cli/inventory/dump.ts'
import { explanation, type Declared } from '../lib/cli/inventory/explain.ts'
import { graphText } from '../lib/cli/inventory/graph.ts'
import { inventoryFor, onlyHost } from '../lib/cli/inventory/load.ts'
import { main } from '../lib/cli/main.ts'
import { verb, verbFlags } from '../lib/cli/verbs.ts'
import { pki } from '../lib/pki/vars.ts'
import type { Vars } from '../lib/vars/schema.ts'
import { connectionSettings } from '../lib/vars/settings.ts'

const project = join(import.meta.dirname, '..')
const vault = ['vaultIds', 'vaultPasswordFiles', 'askVaultPass'] as const
const flags = ['inventory', 'extraVars', 'playbookDir', ...vault] as const
const host = { name: 'HOST', help: 'a host of the inventory' } as const

/** What roles declare, and what several of them share; under these names maps are merged key by key. */
async function declaredVars(): Promise<readonly Declared[]> {
  const roles = readdirSync(join(project, 'roles')).map(async (name) => {
    const file = `roles/${name}/vars.ts`
    const { vars } = (await import(`../${file}`)) as { readonly vars: Vars }
    return { name, file, vars }
  })
  const cluster = Object.entries(configuration).map(([name, vars]) => ({
    name,
    file: 'lib/cluster/vars.ts',
    vars,
  }))
  return [
    ...(await Promise.all(roles)),
    ...cluster,
    { name: 'artifacts', file: 'lib/artifacts/vars.ts', vars: artifacts },
    { name: 'backup', file: 'lib/backup/vars.ts', vars: backupVars },
    { name: 'pki', file: 'lib/pki/vars.ts', vars: pki },
    { name: 'connection', file: 'lib/vars/settings.ts', vars: connectionSettings },
  ]
}

export default verbFlags('Look at the inventory', {
  list: verb({
    help: 'groups, hosts and their variables, as ansible-inventory --list prints them',
    flags,
    async run({ options, print }) {
      const { inventory, store } = await inventoryFor(options, project)
      print('Inventory', ansibleJson(listDump(inventory, store)))
      return 0
    },
  }),

  host: verb({
    help: 'the variables of one host, as ansible-inventory --host prints them',
    words: [host],
    flags,
    async run({ words, options, print }) {
      const { inventory, store } = await inventoryFor(options, project, { named: words.HOST })
      print(words.HOST, ansibleJson(hostDump(store, onlyHost(inventory, words.HOST))))
      return 0
    },
  }),

  graph: verb({
    help: 'the tree of groups and hosts, or of one group',
    words: [{ name: 'GROUP', help: 'the group to begin with', optional: true }],
    flags: ['inventory', ...vault],
    async run({ words, options, print }) {
      const { inventory } = await inventoryFor({ ...options, extraVars: [], playbookDir: undefined }, project)
      print('Groups', graphText(inventory, words.GROUP))
      return 0
    },
  }),

  explain: verb({
    help: 'where a variable of a host is written, and what it shadows',
    words: [host, { name: 'VARIABLE', help: 'its name, or a key of a role: k3s.token' }],
    flags,
    async run({ words, options, print }) {
      const declared = await declaredVars()
      const { inventory, store } = await inventoryFor(options, project, {
        named: words.HOST,
        roleNames: declared.map(({ name }) => name),
      })
      print(words.VARIABLE, explanation(store, onlyHost(inventory, words.HOST), words.VARIABLE, declared))
      return 0
    },
  }),
})

await main(import.meta)
