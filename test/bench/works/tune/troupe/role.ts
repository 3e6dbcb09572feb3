import { sh } from '../../../../../lib/host/command.ts'
import { defineFact } from '../../../../../lib/host/fact.ts'
import { defineRole } from '../../../../../lib/play/role.ts'
import { block, directory, file, line, symlink, template, unit } from '../../../../../lib/resources/index.ts'
import { defineVars, int } from '../../../../../lib/vars/schema.ts'

const vars = defineVars({ workers: int({ default: 10, doc: 'How many workers are configured.' }) })

const kernel = defineFact('the kernel', async (host) => (await host.query(sh`uname -r`)).stdout, {
  assumed: '',
})
const rootDisk = defineFact('the root disk', async (host) => (await host.query(sh`df -P /`)).stdout, {
  assumed: '',
})

const service = `[Unit]
Description=Something that runs
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
`

const peers = `10.99.0.1 registry.bench
10.99.0.2 mirror.bench
`

/** Twenty things that every installation does, one a task. */
export const tune = defineRole({
  name: 'tune',
  folder: import.meta.dirname,
  vars,
  async tasks({ host, vars: { workers }, group, task, fact }) {
    await fact(kernel)
    await fact(rootDisk)

    await task('Make the folder for settings', directory({ path: '/etc/bench', mode: 0o755 }))
    await task('Make the folder for parts', directory({ path: '/etc/bench/conf.d', mode: 0o755 }))
    await task('Make the folder for data', directory({ path: '/var/lib/bench', mode: 0o750 }))

    await task('Name the release', file({ path: '/etc/bench/release', content: '4.2\n', mode: 0o644 }))
    await task(
      'Set the environment',
      file({ path: '/etc/bench/environment', content: 'LEVEL=info\nREGION=north\n', mode: 0o640 }),
    )
    await task(
      'Leave a private file',
      file({ path: '/etc/bench/private', content: 'for root alone\n', mode: 0o600 }),
    )
    await task(
      'Set kernel parameters',
      file({ path: '/etc/sysctl.d/99-bench.conf', content: 'net.core.somaxconn = 4096\n', mode: 0o644 }),
    )
    await task(
      'Configure the workers',
      template({
        path: '/etc/bench/bench.conf',
        from: 'bench.conf.ejs',
        values: { name: host.name, workers },
        mode: 0o644,
      }),
    )
    await task(
      'List the members',
      template({
        path: '/etc/bench/members',
        from: 'members.ejs',
        values: { members: group('all').map(({ name }) => name) },
        mode: 0o644,
      }),
    )
    await task(
      'Narrow the default mode',
      line({ path: '/etc/login.defs', match: String.raw`^UMASK\s`, line: 'UMASK 027' }),
    )
    await task(
      'Raise the limit of open files',
      line({ path: '/etc/security/limits.conf', line: '* soft nofile 65536' }),
    )
    await task('Know the peers', block({ path: '/etc/hosts', name: 'bench', content: peers }))

    const files = await task(
      'Describe the service',
      file({ path: '/etc/systemd/system/bench.service', content: service, mode: 0o644 }),
    )
    await task('Run the service', unit({ name: 'bench.service', restartAfter: files }))
    await task('Run the backup timer', unit({ name: 'dpkg-db-backup.timer' }))
    await task('Stop the update timer', unit({ name: 'apt-daily.timer', state: 'stopped' }))

    await task('Point to the data', symlink({ path: '/etc/bench/data', target: '/var/lib/bench' }))
    await task('Remove the greeting', file({ path: '/etc/motd', state: 'absent' }))
  },
})
