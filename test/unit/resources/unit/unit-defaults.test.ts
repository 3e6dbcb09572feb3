import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { unitDefaults } from '../../../../lib/resources/unit/unit-defaults.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('unitDefaults')
const folder = '/etc/systemd/system.conf.d'
const path = `${folder}/90-ours.conf`
const raised = unitDefaults({ path, set: { DefaultLimitNOFILE: 1_048_576, DefaultTasksMax: 65_536 } })

function hostWith(files: Readonly<Record<string, string>> = {}): FakeHost {
  const host = new FakeHost('a')
  host.files.mkdir(folder)
  for (const [name, text] of Object.entries(files)) host.files.write(`${folder}/${name}`, text)
  host.systemd.daemonReload()
  return host
}

test('Units get what is wanted from now on and after a boot, and what they got before after a revert', async () => {
  await keepsContract({ host: hostWith(), resource: raised })
  await keepsContract({
    host: hostWith({ '90-ours.conf': '[Manager]\nDefaultTasksMax=100\n' }),
    resource: raised,
  })
  const host = hostWith()
  await bring(host, raised)
  assert.is(host.files.read(path), '[Manager]\nDefaultLimitNOFILE=1048576\nDefaultTasksMax=65536\n')
  const live = { DefaultLimitNOFILE: '1048576', DefaultLimitNOFILESoft: '1048576', DefaultTasksMax: '65536' }
  assert.equal((await stateOf(host, raised))['live'], live)
})

test('What stands in the file and was not taken up differs, and so does what was taken up and is gone', async () => {
  const host = hostWith()
  await bring(host, raised)
  host.files.remove(path)
  await keepsContract({ host: host.clone(), resource: raised })
  host.systemd.daemonReload()
  host.files.write(path, '[Manager]\nDefaultLimitNOFILE=1048576\nDefaultTasksMax=65536\n')
  const change = await bring(host, raised)
  assert.is(host.systemd.managerProperty('DefaultTasksMax'), '65536')
  assert.ok(change)
  await kindOf('unitDefaults').apply(host, raised.ref, { from: change.to, to: change.from })
})

test('A systemd that reads its configuration only when it starts is started anew', async () => {
  const host = hostWith().onChange('systemctl daemon-reload', '')
  await bring(host, raised)
  assert.equal(host.traffic.writes.slice(-2), [
    'exec systemctl daemon-reload',
    'exec systemctl daemon-reexec',
  ])
})

test('A file that is read later and says otherwise is an error that tells where to look', () =>
  rejects(
    () => bring(hostWith({ '99-theirs.conf': '[Manager]\nDefaultTasksMax=100\n' }), raised),
    /systemd on a does not take DefaultTasksMax from \/etc\/systemd\/system\.conf\.d\/90-ours\.conf/,
  ))

test('What is no whole number is refused before any host is touched', () => {
  for (const set of [{}, { DefaultTasksMax: 0 }, { DefaultLimitNOFILE: 1.5 }])
    assert.throws(() => unitDefaults({ path, set }), 'has to be whole numbers')
})
