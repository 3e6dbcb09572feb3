import { main } from '../../lib/cli/main.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { file, reboot } from '../../lib/resources/index.ts'
import { bool, defineVars, duration } from '../../lib/vars/schema.ts'
import { greet } from './greeter.ts'

const vars = defineVars({
  onChange: bool({ default: false, doc: 'Only where the file before it was changed.' }),
  deadline: duration({ default: '60s', doc: 'How long a host may take to come back.' }),
})

const rebooting = defineRole({
  name: 'rebooting',
  folder: import.meta.dirname,
  vars,
  async tasks({ vars: { onChange, deadline }, run, task }) {
    const files = await task('Write before', file({ path: '/etc/before-boot', content: 'yes\n' }))
    const after = onChange ? { after: files } : {}
    await task('Reboot', reboot({ reason: 'the file', run: run.id, deadline, ...after }))
    await task('Write after', file({ path: '/run/after-boot', content: 'yes\n' }))
    await greet('hello', task)
  },
})

/** A reboot in the middle of a role. */
export default playbook('Reboot', [stage('Reboot', { hosts: 'all', roles: [rebooting] })])

await main(import.meta)
