import { sh } from '../../../../lib/host/command.ts'
import { defineRole } from '../../../../lib/play/role.ts'
import { block } from '../../../../lib/resources/text/block.ts'
import { directory } from '../../../../lib/resources/files/directory.ts'
import { file, template } from '../../../../lib/resources/files/file.ts'
import { osPackage } from '../../../../lib/resources/package/package.ts'
import { unit } from '../../../../lib/resources/unit/unit.ts'
import { user } from '../../../../lib/resources/users/user.ts'
import { defineCondition } from '../../../../lib/task/gate.ts'
import { defineVars, string } from '../../../../lib/vars/schema.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { FakeCluster } from '../../../support/fake-run.ts'

export const config = '/etc/app/app.conf'
export const shipped = 'greeting = shipped\n'

const runs = defineCondition('The application', async (host) => {
  const { stdout } = await host.query(sh`systemctl is-active -- app.service`, { ok: [0, 3] })
  return stdout.trim() === 'active' ? { holds: true } : { holds: false, found: stdout.trim() }
})

/** A daemon with all that belongs to it: a package, a user, files, a part of a file, a unit, a gate. */
export const app = defineRole({
  name: 'app',
  folder: import.meta.dirname,
  vars: defineVars({ greeting: string({ default: 'hello', doc: 'What it says.' }) }),
  async tasks({ vars, task, gate }) {
    await task('Create the user', user({ name: 'app', system: true, home: '/var/lib/app' }))
    await task('Install the package', osPackage({ name: 'app' }))
    const files = await task(
      'Configure it',
      directory({ path: '/etc/app/more', mode: 0o750, group: 'app' }),
      template({ path: config, from: 'app.conf.ejs', values: vars, mode: 0o640, group: 'app' }),
      file({ path: '/etc/app/more/extra.conf', content: 'extra = yes\n' }),
      block({ path: '/etc/hosts', name: 'app', content: '127.0.0.1 app' }),
    )
    await task('Run it', unit({ name: 'app', restartAfter: files }))
    await gate('It runs', runs, { deadline: '1s', every: '10ms' })
  },
})

export const vars = (greeting = 'hello') => ({ vars: { app: { greeting } } })

/** A host on which nothing of it stands, with a repository that has it. */
export function bareHost(name = 'h1'): FakeHost {
  const host = new FakeHost(name)
  host.files.write('/etc/hosts', '127.0.0.1 localhost\n')
  host.packages.offer({ name: 'libapp', version: '1' })
  host.packages.offer({
    name: 'app',
    version: '1',
    depends: ['libapp'],
    conffiles: { [config]: shipped },
    units: { 'app.service': { reads: [config, '/etc/app/more/extra.conf'] } },
  })
  return host
}

/** A host where the role has run already, in another process. */
export async function configuredHost(greeting?: string): Promise<FakeHost> {
  const host = bareHost()
  await new FakeCluster([host]).run(app, vars(greeting))
  return host.clone()
}
