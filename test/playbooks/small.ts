import { main } from '../../lib/cli/main.ts'
import { sh } from '../../lib/host/command.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { command, file, osPackage, unit } from '../../lib/resources/index.ts'
import { defineVars, int, oneOf, path, string } from '../../lib/vars/schema.ts'

const vars = defineVars({
  words: string({ default: 'hello', doc: 'What stands in the file.' }),
  file: path({ default: '/etc/small.conf', doc: 'The file.' }),
  port: int({ default: 80, min: 1, max: 65_535, doc: 'A number, to be wrong.' }),
  seconds: int({ default: 0, min: 0, doc: 'How long a command takes before it.' }),
  beyond: oneOf('files', 'packages', 'units', { default: 'files', doc: 'What more is wanted of the host.' }),
})

const script = 'echo $$ > /run/sleeper; sleep "$1"; echo slept > /run/slept'

const small = defineRole({
  name: 'small',
  folder: import.meta.dirname,
  vars,
  async tasks({ vars: { words, file: path, seconds, beyond }, task }) {
    if (seconds > 0) {
      await task(
        'Sleep',
        command({
          title: 'Sleep',
          run: sh`sh -c ${script} sleeper ${seconds}`,
          creates: '/run/slept',
          undo: sh`rm -f /run/slept /run/sleeper`,
        }),
      )
    }
    await task('Write the file', file({ path, content: `${words}\n` }))
    if (beyond === 'packages') await task('Install the package', osPackage({ name: 'tree' }))
    if (beyond === 'units') await task('Start the unit', unit({ name: 'greeter' }))
  },
})

/** One file, and more on demand: for what happens around the tasks. */
export default playbook('One file', [stage('Write', { hosts: 'all', roles: [small] })])

await main(import.meta)
