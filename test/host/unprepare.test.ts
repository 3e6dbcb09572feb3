import * as assert from 'uvu/assert'
import { diffFingerprints } from '../lab/fingerprint.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { withoutLeftovers } from '../playbooks/aftermath.ts'
import { expectCode, PlaybookOnLab, resourcesOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/unprepare')
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 1 })
})
test.after(() => lab.destroy())

const fingerprints = () =>
  Promise.all(lab.hosts.map(async (host) => withoutLeftovers(await host.fingerprint())))

const tuned = (timeClients: readonly string[]) => [
  '-e',
  JSON.stringify({ system_tuning: { timeServers: ['node1'], timeClients } }),
]

test(
  'A host that was prepared twice is as it was at first, though putting it back was killed, and nobody has the runs',
  async () => {
    const before = await fingerprints()
    const prepare = new PlaybookOnLab(lab, 'playbooks/prepare.ts')
    for (const clients of [['10.0.0.0/8'], ['10.0.0.0/8', '192.168.0.0/16']])
      expectCode(await prepare.run(tuned(clients)), 0, 'A run')

    // Each from a controller that has none of the runs.
    const unprepare = () => new PlaybookOnLab(lab, 'playbooks/unprepare.ts')
    const check = await unprepare().check(['--detailed-exitcode'])
    expectCode(check, 3, 'The check')
    await unprepare().killed((event) => event.type === 'resource' && event.kind === 'file')
    const rest = await unprepare().run()
    expectCode(rest, 0, 'Putting back')
    const after = await fingerprints()
    const left = lab.hosts.flatMap((_, index) => diffFingerprints(before[index] ?? [], after[index] ?? []))
    assert.equal(left, [])
    assert.equal(Object.keys(resourcesOf(check)), [
      'file:/etc/chrony/chrony.conf',
      'package:chrony',
      'unit:chrony.service',
    ])
    assert.equal([...new Set(Object.values(resourcesOf(rest)))], ['reverted'])

    const idle = await unprepare().run(['--detailed-exitcode'])
    expectCode(idle, 0, 'Putting back once more')
    assert.match(idle.stderr, 'There is nothing to put back')
  },
  { timeoutMs: 120_000 },
)
