import { main } from '../../lib/cli/main.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { defineVars, string } from '../../lib/vars/schema.ts'
import { caseNamed } from '../kinds/index.ts'

const vars = defineVars({
  title: string({ doc: 'The case, as test/kinds names it.' }),
  served: string({ doc: 'Where what it serves is found.' }),
})

const kind = defineRole({
  name: 'kind',
  folder: import.meta.dirname,
  vars,
  async tasks({ host, vars: { title, served }, task }) {
    await task(title, ...caseNamed(title).resources({ host: host.address, served }))
  },
})

/** One case of a kind of resource, as a role of one task. */
export default playbook('A kind of resource', [stage('Bring it about', { hosts: 'all', roles: [kind] })])

await main(import.meta)
