import { main } from '../../lib/cli/main.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { defineVars, string } from '../../lib/vars/schema.ts'
import { drained } from './back-end.ts'
import { greet } from './greeter.ts'

const vars = defineVars({
  words: string({ default: 'hello', doc: 'What the greeter says.' }),
})

const rolling = defineRole({
  name: 'rolling',
  folder: import.meta.dirname,
  vars,
  tasks: ({ vars: { words }, task, during }) => during(drained('greeter'), () => greet(words, task)),
})

/** The greeter changed while no work is sent to it. */
export default playbook('A greeter, drained first', [stage('Greet', { hosts: 'all', roles: [rolling] })])

await main(import.meta)
