import * as assert from 'uvu/assert'
import { sh } from '../../lib/host/command.ts'
import type { Host } from '../../lib/host/host.ts'
import { thisHolder } from '../../lib/host/lock.ts'
import { openHost } from '../../lib/host/open.ts'
import { command, file, osPackage, restarted, unit, user } from '../../lib/resources/index.ts'
import { kindOf, type Change, type Inputs, type Resource } from '../../lib/task/kind.ts'
import { NotYet } from '../../lib/task/outcome.ts'
import { same, type State } from '../../lib/task/state.ts'
import { openSession } from '../../lib/transport/kept-session.ts'
import { dialSsh } from '../../lib/transport/ssh.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/resources')
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 1 })
})
test.after(() => lab.destroy())

async function withHost(work: (host: Host) => Promise<void>): Promise<void> {
  const [at] = lab.hosts
  assert.ok(at)
  const login = { host: at.address, port: 22, user: 'root', keyFiles: [lab.keyFile] }
  const dial = dialSsh({ ...login, knownHostsFiles: [lab.knownHostsFile] })
  const { host, close } = await openHost({
    name: at.name,
    session: openSession({ title: at.name, dial }),
    holder: thisHolder('test'),
  })
  assert.ok(host)
  try {
    await work(host)
  } finally {
    await close()
  }
}

async function look(host: Host, { kind, ref }: Resource): Promise<State> {
  const [seen] = await kindOf(kind).read(host, [ref])
  if (seen === undefined || seen instanceof Error) throw seen ?? new Error('nothing was read')
  return seen
}

/** Brings it there, sees it there, and sees nothing left to do. */
async function bring(host: Host, resource: Resource, inputs: Inputs = {}): Promise<Change<State>> {
  const kind = kindOf(resource.kind)
  const context = {
    inputs,
    keep: (content: Parameters<Host['keep']>[0]) => host.keep(content),
    hashOf: (sha256: string) => host.hashOf(sha256),
  }
  const from = await look(host, resource)
  const to = kind.want(from, resource.spec, context)
  assert.not(same(from, to), `${resource.id} has nothing to do`)
  await kind.apply(host, resource.ref, { from, to })
  const now = await look(host, resource)
  assert.ok(same(kind.want(now, resource.spec, context), now), `it still differs: ${JSON.stringify(now)}`)
  return { from, to }
}

async function back(host: Host, resource: Resource, { from }: Change<State>): Promise<void> {
  await kindOf(resource.kind).apply(host, resource.ref, { from: await look(host, resource), to: from })
  const now = await look(host, resource)
  assert.ok(same(now, from), `${JSON.stringify(now)} is not ${JSON.stringify(from)}`)
}

const service = '/etc/systemd/system/sleeper.service'

function sleeper(type: string, program: string): string {
  return `[Service]\nType=${type}\nExecStart=${program}\n[Install]\nWantedBy=multi-user.target\n`
}

test(
  'a package comes with what it needs, and goes without a trace',
  () =>
    withHost(async (host) => {
      const packages = async () => (await host.query(sh`dpkg-query -W`)).stdout
      const before = await packages()
      const resource = osPackage({ name: 'chrony' })
      const change = await bring(host, resource)
      assert.is((await look(host, unit({ name: 'chrony' })))['enabled'], 'enabled')
      await back(host, resource, change)
      assert.is(await packages(), before)
      assert.is((await host.stat(['/etc/chrony']))[0]?.type, 'absent')
    }),
  { timeoutMs: 300_000 },
)

test(
  'a package that was removed keeps its edited configuration through a run and its revert',
  () =>
    withHost(async (host) => {
      const resource = osPackage({ name: 'chrony' })
      const path = '/etc/chrony/chrony.conf'
      await bring(host, resource)
      await bring(host, file({ path, content: '# edited\n' }))
      await bring(host, osPackage({ name: 'chrony', state: 'absent' }))
      const change = await bring(host, resource)
      assert.is(change.from.is, 'residual')
      await back(host, resource, change)
      assert.is((await host.readFiles([path]))[0]?.toString(), '# edited\n')
      await host.exec(sh`apt-get purge -y chrony`)
    }),
  { timeoutMs: 300_000 },
)

test(
  'a configuration file that nobody had installed stays through a run and its revert',
  () =>
    withHost(async (host) => {
      const resource = osPackage({ name: 'chrony' })
      const path = '/etc/chrony/chrony.conf'
      await host.exec(sh`mkdir /etc/chrony && echo theirs > ${path}`)
      const change = await bring(host, resource)
      await back(host, resource, change)
      assert.is(change.from.is, 'absent')
      assert.is((await host.readFiles([path]))[0]?.toString(), 'theirs\n')
      await host.exec(sh`rm -r /etc/chrony`)
    }),
  { timeoutMs: 300_000 },
)

test('a unit is started, restarted for its file, known anew to systemd, and stopped by a revert', () =>
  withHost(async (host) => {
    const config = file({ path: service, content: sleeper('simple', '/bin/sleep 1000') })
    const resource = unit({ name: 'sleeper', restartAfter: [config] })
    const digest = async () => kindOf('file').digest?.(await look(host, config)) ?? ''
    const writing = await bring(host, config)
    const change = await bring(host, resource, { [config.id]: { digest: await digest(), atBoot: 'absent' } })
    const process = async () =>
      (await host.query(sh`systemctl show -p MainPID --value sleeper.service`)).stdout
    const first = await process()
    await bring(host, file({ path: service, content: sleeper('simple', '/bin/sleep 2000') }))
    assert.is((await look(host, resource))['reload'], true)
    await bring(host, resource, { [config.id]: { digest: await digest(), atBoot: 'absent' } })
    assert.is.not(await process(), first)
    await back(host, resource, change)
    await back(host, config, writing)
  }))

test('a unit that was started often within seconds is started again', () =>
  withHost(async (host) => {
    const config = file({ path: service, content: sleeper('exec', '/bin/sleep 1000') })
    const resource = unit({ name: 'sleeper' })
    const writing = await bring(host, config)
    await host.exec(
      sh`for i in 1 2 3 4 5 6; do systemctl restart sleeper.service || break; done; systemctl stop sleeper.service`,
      { ok: [0, 1] },
    )
    await back(host, resource, await bring(host, resource))
    await back(host, config, writing)
  }))

test('a unit that dies at once, or again and again, does not count as started', () =>
  withHost(async (host) => {
    for (const text of [
      sleeper('simple', '/bin/false'),
      sleeper('simple', '/bin/false\nRestart=always\nRestartSec=60'),
    ]) {
      await bring(host, file({ path: service, content: text }))
      await host.exec(sh`systemctl daemon-reload`)
      const failed = await bring(host, unit({ name: 'sleeper' })).then(
        () => undefined,
        (error: unknown) => String(error),
      )
      assert.match(failed ?? '', /sleeper.service does not run on /)
      await host.exec(sh`systemctl disable --now sleeper.service`)
    }
    await host.exec(sh`rm ${service} && systemctl daemon-reload && systemctl reset-failed`)
  }))

test('a unit is restarted once in a run', () =>
  withHost(async (host) => {
    await bring(host, restarted({ unit: 'systemd-journald', run: 'one' }))
  }))

test('units that are not there fail alone', () =>
  withHost(async (host) => {
    const [there, missing] = await kindOf('unit').read(host, [
      { name: 'ssh.service' },
      { name: 'shh.service' },
    ])
    assert.not(there instanceof Error)
    assert.ok(missing instanceof NotYet && missing.message.startsWith('There is no unit shh.service'))
  }))

test('a user comes with its group and goes with it', () =>
  withHost(async (host) => {
    const accounts = async () => (await host.query(sh`getent passwd && getent group`)).stdout
    const before = await accounts()
    const args = {
      name: 'etcd',
      system: true,
      home: '/var/lib/etcd',
      shell: '/usr/sbin/nologin',
      comment: 'a member',
    }
    const first = user(args)
    const created = await bring(host, first)
    const joined = user({ ...args, groups: ['adm'], shell: '/bin/sh' })
    const change = await bring(host, joined)
    await back(host, joined, change)
    await back(host, first, created)
    assert.is(await accounts(), before)
    await host.exec(sh`groupadd etcd`)
    const withGroup = await accounts()
    await back(host, first, await bring(host, first))
    assert.is(await accounts(), withGroup)
    await host.exec(sh`groupdel etcd`)
  }))

test('a command runs once, as a job, and is undone', () =>
  withHost(async (host) => {
    const resource = command({
      title: 'Make: it/so',
      run: sh`touch /made`,
      unless: sh`test -e /made`,
      undo: sh`rm /made`,
    })
    await back(host, resource, await bring(host, resource))
    assert.is((await host.stat(['/made']))[0]?.type, 'absent')
  }))
