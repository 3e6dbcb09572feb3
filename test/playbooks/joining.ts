import { main } from '../../lib/cli/main.ts'
import { sh } from '../../lib/host/command.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { command, file } from '../../lib/resources/index.ts'

const leave = 'if [ -e /srv/stuck ]; then echo "the API server is away" >&2; exit 4; fi; rm /srv/joined'

const joining = defineRole({
  name: 'joining',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task }) {
    await task('Write the settings', file({ path: '/etc/joining.conf', content: 'yes\n' }))
    const join = { run: sh`touch /srv/joined`, creates: '/srv/joined', undo: sh`sh -c ${leave}` }
    await task('Join the cluster', command({ title: 'Join', ...join }))
    await task('Note the end', file({ path: '/srv/noted', content: 'yes\n' }))
  },
})

/** Something between two files that a host does not undo while /srv/stuck stands there. */
export default playbook('Join', [stage('Join', { hosts: 'all', roles: [joining] })])

await main(import.meta)
