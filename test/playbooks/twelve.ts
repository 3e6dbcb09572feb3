import { main } from '../../lib/cli/main.ts'
import { sh } from '../../lib/host/command.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import {
  block,
  command,
  directory,
  file,
  line,
  osPackage,
  restarted,
  symlink,
  template,
  unit,
  user,
} from '../../lib/resources/index.ts'

const folder = import.meta.dirname
const program = `#!/bin/sh
grep greeting /srv/app/app.conf > /run/app.ready
exec sleep infinity
`
const service = `[Unit]
Description=The app of the tests
[Service]
ExecStart=/usr/local/bin/app
ExecStopPost=/bin/rm -f /run/app.ready
[Install]
WantedBy=multi-user.target
`
const settings = template({
  path: '/srv/app/app.conf',
  from: 'app.conf.ejs',
  values: { name: 'all hosts', greeting: 'hello', peers: ['one', 'two'] },
  group: 'app',
  mode: 0o640,
})

/** What stands there before any service: an account, folders, parts of files that belong to others. */
const ground = defineRole({
  name: 'ground',
  folder,
  vars: {},
  async tasks({ host, task }) {
    await task('Create the user', user({ name: 'app', system: true, home: '/srv/app', shell: '/bin/false' }))
    await task(
      'Make the folders',
      directory({ path: '/srv', mode: 0o711 }),
      directory({ path: '/srv/app', owner: 'app', group: 'app', mode: 0o750 }),
      directory({ path: '/srv/app/data', owner: 'app', mode: 0o700 }),
    )
    await task(
      'Greet whoever logs in',
      block({ path: '/etc/profile', name: 'app', content: `echo welcome to ${host.name}` }),
    )
    await task(
      'Keep new files private',
      line({ path: '/etc/login.defs', match: String.raw`^UMASK\s`, line: 'UMASK 027' }),
    )
    await task('Remove the old greeting', file({ path: '/etc/motd', state: 'absent' }))
  },
})

/** A service with all that it reacts to, and one that runs already and is reloaded. */
const app = defineRole({
  name: 'app',
  folder,
  vars: {},
  async tasks({ task }) {
    const programs = await task(
      'Install the program',
      file({ path: '/usr/local/bin/app', content: program, mode: 0o755 }),
      symlink({ path: '/usr/local/bin/app-current', target: 'app' }),
    )
    const configs = await task('Configure it', settings)
    const units = await task(
      'Write its unit',
      file({ path: '/etc/systemd/system/app.service', content: service }),
    )
    await task('Run it', unit({ name: 'app', restartAfter: [...programs, ...configs, ...units] }))
    const patience = file({ path: '/etc/ssh/sshd_config.d/app.conf', content: 'ClientAliveInterval 30\n' })
    await task('Let sshd be patient', patience, unit({ name: 'ssh', reloadAfter: [patience] }))
  },
})

/** What comes once the service runs: commands and events. */
const finish = defineRole({
  name: 'finish',
  folder,
  vars: {},
  async tasks({ host, group, run, task }) {
    await task(
      'Fill its data',
      command({
        title: 'Fill the data of the app',
        run: sh`sh -c ${'echo part > data.new && sleep 0.2 && echo whole >> data.new && mv data.new /srv/app/data/filled'}`,
        creates: '/srv/app/data/filled',
        undo: sh`rm -f data.new /srv/app/data/filled`,
      }),
    )
    await task('Restart it once more', restarted({ unit: 'app', run: run.id }))
    await task('Stop what nobody needs', unit({ name: 'remote-fs.target', state: 'stopped' }))
    await task('Note the end', file({ path: '/srv/app/ready', content: 'yes\n' }))
    // On one host only: the hosts of a test share a machine, on which apt takes seconds.
    if (host.name === group('all').at(-1)?.name)
      await task('Install a package', osPackage({ name: 'tree' }), { tags: ['package'] })
  },
})

/** Over three stages, each task with an effect that a fingerprint shows. */
export default playbook('Fifteen tasks', [
  stage('Lay the ground', { hosts: 'all', roles: [ground] }),
  stage('Run the app, one host at a time', { hosts: 'all', roles: [app], serial: 1 }),
  stage('Finish', { hosts: 'all', roles: [finish] }),
])

await main(import.meta)
