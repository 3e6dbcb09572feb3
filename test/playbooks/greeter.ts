import { main } from '../../lib/cli/main.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole, type RoleContext } from '../../lib/play/role.ts'
import { file, unit } from '../../lib/resources/index.ts'
import { defineVars, string } from '../../lib/vars/schema.ts'

const vars = defineVars({
  words: string({ default: 'hello', doc: 'What the greeter says.' }),
})

const service = `[Unit]
Description=Says what stands in its configuration at its start
[Service]
ExecStart=/bin/sh -c 'cat /etc/greeter.conf > /run/greeter.says; exec sleep infinity'
[Install]
WantedBy=multi-user.target
`

const greeter = defineRole({
  name: 'greeter',
  folder: import.meta.dirname,
  vars,
  tasks: ({ vars: { words }, task }) => greet(words, task),
})

/** The tasks that let a host say something; a playbook of the tests may do more around them. */
export async function greet(words: string, task: RoleContext<unknown, unknown>['task']): Promise<void> {
  const [program] = await task(
    'Install the greeter',
    file({ path: '/etc/systemd/system/greeter.service', content: service }),
  )
  const [config] = await task(
    'Configure the greeter',
    file({ path: '/etc/greeter.conf', content: `${words}\n` }),
  )
  const restartAfter = [program, config].filter((resource) => resource !== undefined)
  await task('Run the greeter', unit({ name: 'greeter', restartAfter }))
}

/** A service that reads its configuration once, when it starts. */
export default playbook('A greeter', [stage('Greet', { hosts: 'all', roles: [greeter] })])

await main(import.meta)
