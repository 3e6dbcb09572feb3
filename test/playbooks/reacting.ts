import { main } from '../../lib/cli/main.ts'
import { sh } from '../../lib/host/command.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { command, file } from '../../lib/resources/index.ts'

const script = 'echo began >> /srv/reactions; echo working; sleep 3; echo ended >> /srv/reactions'

const reacting = defineRole({
  name: 'reacting',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task }) {
    const files = await task('Write', file({ path: '/etc/reacted-to', content: 'new\n' }))
    await task('React', command({ title: 'React', run: sh`sh -c ${script}`, after: files }))
  },
})

/** A command without a guard: only what it took up tells whether it has to run. */
export default playbook('A reaction', [stage('React', { hosts: 'all', roles: [reacting] })])

await main(import.meta)
