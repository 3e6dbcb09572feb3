import * as assert from 'uvu/assert'
import { loginBanner } from '../../../roles/login_banner/index.ts'
import {
  bannerFile,
  bannerIsServed,
  dropIn,
  parseSshd,
  sshPlaces,
} from '../../../roles/login_banner/facts.ts'
import { FakeGround } from '../../support/fake-ground.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { keepsLaws, type Damage } from '../../support/laws.ts'
import { suite } from '../../support/suite.ts'

const test = suite('roles/login_banner')

const families = {
  debian: { release: 'ID=debian\nVERSION_ID="12"\n', tools: 'apt' },
  redhat: { release: 'ID="rocky"\nID_LIKE="rhel"\nVERSION_ID="9.4"\n', tools: 'dnf' },
} as const

/** A host whose sshd takes up its drop-in, and refuses one with nonsense in it. */
function hostWithSshd(family: keyof typeof families): FakeHost {
  const { release, tools } = families[family]
  const { unit, client } = sshPlaces[family]
  const host = new FakeHost('h1', { family: tools })
  host.files.write('/etc/os-release', release)
  host.files.write(bannerFile, 'as shipped\n')
  host.files.mkdir('/etc/ssh/sshd_config.d')
  host.packages.offer({ name: client, version: '9.2' })
  host.systemd.define(unit, { enabled: true, running: true, reads: [dropIn] })
  host.on('/usr/sbin/sshd -t', () => {
    if (host.files.read(dropIn)?.includes('Nonsense') !== true) return ''
    return { code: 255, stderr: `${dropIn}: line 3: Bad configuration option: Nonsense\n` }
  })
  const taken = () => host.systemd.took(unit, dropIn) ?? ''
  host.on(/sshd -T/, () => {
    const banner = host.files.read(dropIn)?.includes(`Banner ${bannerFile}`) === true ? bannerFile : 'none'
    return `listenaddress [::]:22\nlistenaddress 0.0.0.0:22\nbanner ${banner}\n`
  })
  host.on(/ssh -F none/, () => {
    const banner = taken().includes('Banner') ? host.files.read(bannerFile) : ''
    return { code: 255, stderr: `${banner}root@::1: Permission denied (publickey).\n` }
  })
  return host
}

const vars = (given: object) => ({
  vars: {
    login_banner: {
      text: 'This is <%= host.name %> of <%= cluster.name %>',
      allowPasswords: true,
      passwordGroups: [],
      extraLines: [],
      ...given,
    },
    cluster: { name: 'blue' },
  },
})

const strict = vars({
  allowPasswords: false,
  passwordGroups: ['ops', 'guests'],
  extraLines: ['MaxAuthTries 3'],
})

for (const family of ['debian', 'redhat'] as const) {
  const { unit } = sshPlaces[family]
  const start = () => new FakeGround(new FakeCluster([hostWithSshd(family)]), loginBanner, strict)

  test(`It keeps the four laws on ${family}`, () =>
    keepsLaws(start, ({ host }): readonly Damage[] => [
      {
        title: 'another text',
        repairs: [`file:${bannerFile}`],
        do: () => host.files.write(bannerFile, 'by hand\n'),
      },
      { title: 'no text', repairs: [`file:${bannerFile}`], do: () => host.files.remove(bannerFile) },
      {
        title: 'no drop-in',
        repairs: [`file:${dropIn}`, `unit:${unit}`],
        do: () => host.files.remove(dropIn),
      },
      {
        title: 'another drop-in, which sshd took up',
        repairs: [`file:${dropIn}`, `unit:${unit}`],
        do: () => {
          host.files.write(dropIn, 'Banner none\n')
          host.systemd.reload(unit)
        },
      },
    ]))
}

test('The text is rendered, and the drop-in holds what was asked for, in an order that sshd understands', async () => {
  const host = hostWithSshd('debian')
  await new FakeCluster([host]).run(loginBanner, strict)
  assert.is(host.files.read(bannerFile), 'This is h1 of blue\n')
  assert.is(
    host.files.read(dropIn),
    [
      '# Written by Troupe: edit login_banner in group_vars instead.',
      'Banner /etc/issue.net',
      'PasswordAuthentication no',
      'MaxAuthTries 3',
      'Match Group ops,guests',
      '  PasswordAuthentication yes',
      '',
    ].join('\n'),
  )
})

test('Where passwords are allowed, nothing is said of them', async () => {
  const host = hostWithSshd('debian')
  await new FakeCluster([host]).run(loginBanner, vars({ passwordGroups: ['ops'] }))
  assert.not.match(host.files.read(dropIn) ?? '', /Password|Match/)
})

test('A line that sshd refuses fails the host, which goes on as it was and can be put back', async () => {
  const host = hostWithSshd('debian')
  const cluster = new FakeCluster([host])
  await cluster.run(loginBanner, vars({}))
  const before = host.snapshot()
  const [reloads, took] = [host.systemd.reloads('ssh.service'), host.systemd.took('ssh.service', dropIn)]

  const broken = await cluster.run(loginBanner, vars({ extraLines: ['Nonsense yes'] }))
  const failed = broken.events.find((event) => event.type === 'task' && event.status === 'failed')
  assert.match(JSON.stringify(failed), 'Bad configuration option: Nonsense')
  assert.is(broken.tasks['h1 Try the configuration'], 'failed')
  assert.is(host.systemd.reloads('ssh.service'), reloads)
  assert.is(host.systemd.took('ssh.service', dropIn), took)

  const { end } = await cluster.revert(broken.directory, loginBanner, vars({}))
  assert.not.ok(end.failed)
  assert.equal(host.snapshot(), before)
})

test('The role ends when the banner is shown; where it is not, what stands in its way is told', async () => {
  const host = hostWithSshd('debian')
  const { tasks } = await new FakeCluster([host]).run(loginBanner, vars({}))
  assert.is(tasks['h1 The banner is shown'], 'ok')
  const banner = bannerIsServed('This is h1 of blue')
  assert.equal(await banner.ask(host), { holds: true })
  host.files.write(bannerFile, 'by hand\n')
  assert.match(JSON.stringify(await banner.ask(host)), 'on port 22, ssh says: by hand')
  host.on(/sshd -T/, 'listenaddress [::]:22\nbanner none\n')
  assert.match(JSON.stringify(await banner.ask(host)), 'does /etc/ssh/sshd_config include')
})

test('A name in the text that stands for nothing is an error before anything is written', async () => {
  const host = hostWithSshd('debian')
  const before = host.snapshot()
  const { events } = await new FakeCluster([host]).run(loginBanner, vars({ text: '<%= hots.name %>' }))
  assert.match(JSON.stringify(events), 'login_banner.text:1: \\"hots\\" is not defined')
  assert.equal(host.snapshot(), before)
})

test('A system on which the name of sshd is not known is refused with what to do', async () => {
  const host = hostWithSshd('debian')
  host.files.write('/etc/os-release', 'ID=alpine\n')
  const { events } = await new FakeCluster([host]).run(loginBanner, vars({}))
  assert.match(JSON.stringify(events), 'What sshd is called on alpine is not known')
})

test('What sshd says of its configuration is read by field', () => {
  const places = (listen: string) => parseSshd(`port 22\nlistenaddress ${listen}\nbanner none\n`)
  assert.equal(places('[::]:2222'), { banner: 'none', address: '::1', port: 2222 })
  assert.equal(places('0.0.0.0:22'), { banner: 'none', address: '127.0.0.1', port: 22 })
  assert.equal(places('192.0.2.7:22'), { banner: 'none', address: '192.0.2.7', port: 22 })
})
