import { join } from 'node:path'
import { main } from '../lib/cli/main.ts'
import { settingsPage, withSettingsTable } from '../lib/cli/settings/page.ts'
import { verb, verbs } from '../lib/cli/verbs.ts'
import { newRole } from '../lib/scaffold/role.ts'
import { rewrite, writeVariableTables } from '../lib/scaffold/variable-table.ts'
import { servicesPage, withServiceTables } from '../roles/k3s/services.ts'

const project = join(import.meta.dirname, '..')

export default verbs('Write roles', {
  new: verb({
    help: 'a role that runs and keeps the four laws, for its author to change',
    words: [{ name: 'NAME', help: 'its variables stand under it: node_exporter' }],
    async run({ words, report }) {
      report('Written', newRole(words.NAME, project).join('\n'))
      return 0
    },
  }),

  tables: verb({
    help: 'the tables in the README of every role and in docs, as the code has it',
    async run({ report }) {
      const pages = [
        [servicesPage, withServiceTables],
        [settingsPage, withSettingsTable],
      ] as const
      const changed = pages.filter(([page, change]) => rewrite(project, page, change)).map(([page]) => page)
      const written = [...(await writeVariableTables(project)), ...changed]
      if (written.length > 0) report('Written', written.join('\n'))
      return 0
    },
  }),
})

await main(import.meta)
