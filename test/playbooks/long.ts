import { main } from '../../lib/cli/main.ts'
import { sh } from '../../lib/host/command.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { command, file } from '../../lib/resources/index.ts'
import { defineVars, int, list, string } from '../../lib/vars/schema.ts'

const vars = defineVars({
  seconds: int({ default: 10, doc: 'How long the command takes.' }),
  failing: list(string(), { default: [], doc: 'The hosts on which it fails in the end.' }),
})

const script = `echo start >> /srv/starts
echo working
sleep "$1"
[ "$2" = well ] || { echo 'no luck today' >&2; exit 7; }
echo done > /srv/long
`

const long = defineRole({
  name: 'long',
  folder: import.meta.dirname,
  vars,
  async tasks({ host, vars: { seconds, failing }, task }) {
    const end = failing.includes(host.name) ? 'badly' : 'well'
    await task(
      'Take long',
      command({
        title: 'Take long',
        run: sh`sh -c ${script} long ${seconds} ${end}`,
        creates: '/srv/long',
        undo: sh`rm -f /srv/long`,
      }),
    )
  },
})

const afterwards = defineRole({
  name: 'afterwards',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task }) {
    await task('Go on', file({ path: '/srv/went-on', content: 'yes\n' }))
  },
})

/** Something that takes long, and something after it. */
export default playbook('A long command', [
  stage('Take long', { hosts: 'all', roles: [long] }),
  stage('Go on', { hosts: 'all', roles: [afterwards] }),
])

await main(import.meta)
