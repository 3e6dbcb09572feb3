import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { tuning } from '../../../../lib/cluster/tuning.ts'
import { readVars } from '../../../../lib/vars/schema.ts'
import { preflight } from '../../../../roles/preflight/index.ts'
import { vars } from '../../../../roles/preflight/vars.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { FakeCluster } from '../../../support/fake-run.ts'
import { suite } from '../../../support/suite.ts'
import { configurationOf } from '../../cluster/configuration.ts'

const test = suite('roles/preflight: what it asks of a host')
const captured = readFileSync(
  join(import.meta.dirname, '../../../fixtures/preflight/survey-debian-12-captured.txt'),
  'utf8',
)

const modules = ['overlay', 'br_netfilter', 'nf_conntrack', 'vxlan']
  .map((name) => `${name} 16384 1 - Live 0x0000000000000000\n`)
  .join('')

/** Judges so many hosts; returns what each of them was asked. */
async function judged(count: number) {
  const hosts = Array.from({ length: count }, (_, index) => {
    const host = new FakeHost(`h${index + 1}`)
    const address = `192.0.2.${index + 1}`
    host.files.write('/proc/modules', modules)
    host.on(/ survey /, captured.replace(/^(\d+: host0 +inet )[\d.]+/m, `$1${address}`))
    host.on(/ ways /, '')
    return host
  })
  const cluster = new FakeCluster(hosts)
  const names = hosts.map(({ name }) => name)
  const run = await cluster.check(preflight, {
    groups: { server: names.slice(0, 3), agent: names.slice(3) },
    vars: {
      ...configurationOf({ kubernetes: { version: 'v1.34.2' } }),
      system_tuning: readVars(tuning, undefined, () => {}),
      preflight: readVars(vars, undefined, () => {}),
    },
  })
  assert.ok(Object.keys(run.tasks).length === count, 'every host was judged')
  return hosts.map(({ traffic }) => ({ trips: traffic.trips, commands: traffic.commands }))
}

test('each host is asked once for all of them, and tries its ways once', async () => {
  for (const { commands } of await judged(12)) {
    const scripts = commands.map((text) => / (survey|ways) /.exec(text)?.[1]).filter(Boolean)
    assert.equal(scripts, ['survey', 'ways'])
  }
})

test('facts cost a host one round trip and its ways another, however many hosts there are', async () => {
  const opening = 1
  for (const count of [4, 30]) {
    const trips = (await judged(count)).map((asked) => asked.trips)
    assert.equal(new Set(trips), new Set([opening + 2]), `${count} hosts`)
  }
})
