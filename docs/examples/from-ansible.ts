import { main } from '../../lib/cli/main.ts'
import { sh } from '../../lib/host/command.ts'
import { os } from '../../lib/host/facts/os.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole, type RoleContext } from '../../lib/play/role.ts'
import { tcpOpen } from '../../lib/resources/gates/index.ts'
import { command, directory, file, template, unit, user } from '../../lib/resources/index.ts'
import { TaskFailed } from '../../lib/task/outcome.ts'
import { defineVars, list, secret, string, type Infer } from '../../lib/vars/schema.ts'

const vars = defineVars({
  words: string({ default: 'hello', doc: 'What the site says.' }),
  people: list(string(), { default: ['ops', 'web'], doc: 'Who works there.' }),
  key: secret({ optional: true, doc: 'A key that the site needs.' }),
})

const service = `[Unit]
Description=Says what stands in its configuration
[Service]
ExecStart=/bin/sh -c 'cat /etc/site/site.conf > /run/site.says; exec sleep infinity'
[Install]
WantedBy=multi-user.target
`

type Site = RoleContext<Infer<typeof vars>, unknown>

const site = defineRole({
  name: 'site',
  folder: import.meta.dirname,
  vars,
  tags: ['site'],
  async tasks(context) {
    await people(context)
    await configured(context)
    await indexed(context)
    await registered(context)
  },
})

async function people({ vars, task, fact }: Site): Promise<void> {
  for (const name of vars.people) await task(`Let ${name} in`, user({ name }))

  const { family } = await fact(os)
  if (family === 'debian')
    await task('Greet as Debian does', file({ path: '/etc/site.debian', content: 'site\n' }))
}

async function configured({ host, vars, group, task, gate }: Site): Promise<void> {
  const peers = group('server').filter(({ name }) => name !== host.name)
  const configuration = await task(
    'Write the configuration',
    { tags: ['configuration'] },
    directory({ path: '/etc/site' }),
    template({
      path: '/etc/site/site.conf',
      from: 'site.conf.ejs',
      values: { host, peers, words: vars.words },
    }),
    file({ path: '/etc/systemd/system/site.service', content: service }),
  )
  if (vars.key !== undefined)
    await task('Keep the key', file({ path: '/etc/site/key', content: vars.key, mode: 0o600 }))
  await task('Run the site', unit({ name: 'site.service', restartAfter: configuration }))
  await gate('The host lets people in', tcpOpen({ port: 22 }), { deadline: '1m' })
}

async function indexed({ task }: Site): Promise<void> {
  try {
    await task(
      'Index the site',
      command({
        title: 'Index the site',
        run: sh`sh -c ${'test -e /etc/site/broken && exit 1; wc -l < /etc/site/site.conf > /etc/site/index'}`,
        creates: '/etc/site/index',
        undo: sh`rm -f /etc/site/index`,
      }),
    )
  } catch (error) {
    if (!(error instanceof TaskFailed)) throw error
    await task('Say that there is none', file({ path: '/etc/site/index', content: 'none\n' }))
  } finally {
    await task('Note that it was tried', file({ path: '/etc/site/tried', content: 'yes\n' }))
  }
}

async function registered({ host, group, task, on }: Site): Promise<void> {
  const [first = host] = group('server')
  await task(
    'Register with the first',
    on([first], directory({ path: '/etc/site/members' })),
    on([first], file({ path: `/etc/site/members/${host.name}`, content: `${host.address}\n` })),
  )
}

export default playbook('Set up the site', [
  stage('Set up one host first', {
    hosts: 'server',
    roles: [site],
    canary: 1,
    serial: '50%',
    maxFail: '20%',
  }),
])

await main(import.meta)
