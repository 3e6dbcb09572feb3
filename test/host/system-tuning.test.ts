import * as assert from 'uvu/assert'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLab, type Lab } from '../lab/lab.ts'
import { diffFingerprints, type Fingerprint } from '../lab/fingerprint.ts'
import { withoutLeftovers, withoutOurs } from '../playbooks/aftermath.ts'
import { suite } from '../support/suite.ts'
import { troupe, type TroupeRun } from '../support/troupe.ts'

const test = suite('roles/system_tuning: time-sync on real hosts')
const state = mkdtempSync(join(tmpdir(), 'troupe-state-'))
const served = ['-e', '{"system_tuning": {"timeServers": ["node1"]}}']
const outside = () => ['-e', JSON.stringify({ system_tuning: { timeServers: [lab.controllerAddress] } })]
const timeoutMs = 240_000
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 3 })
})
test.after(() => lab.destroy())

async function prepare(...args: readonly string[]): Promise<TroupeRun> {
  // The rest of the role has tests of its own; what is reverted is what was done.
  const tags = args.includes('--revert') ? [] : ['--tags', 'time-sync']
  const run = await troupe('playbooks/prepare.ts', ['-i', lab.inventoryFile, ...tags, ...args], { state })
  assert.ok([0, 3].includes(run.code ?? -1), `exit code ${run.code}:\n${run.stderr}`)
  return run
}

/** What a run says became of the things on the hosts. */
function named(run: TroupeRun, status: string): readonly string[] {
  const things = run.events.flatMap((event) =>
    event.type === 'resource' && event.status === status ? [`${event.host} ${event.id}`] : [],
  )
  return things.toSorted()
}

const fingerprints = () => Promise.all(lab.hosts.map((host) => host.fingerprint()))

function same(
  before: readonly Fingerprint[],
  after: readonly Fingerprint[],
  part: (fingerprint: Fingerprint) => Fingerprint = (whole) => whole,
): void {
  const lines = before.flatMap((fingerprint, index) =>
    diffFingerprints(part(fingerprint), part(after[index] ?? [])),
  )
  assert.equal(lines, [])
}

/** Law 1 and 2, from whatever stands now: check names what the run does, and touches nothing; a second run is idle. */
async function isHonestAndIdle(...args: readonly string[]): Promise<TroupeRun> {
  const before = await fingerprints()
  const check = await prepare('--check', ...args)
  same(before, await fingerprints())
  const run = await prepare(...args)
  const [foretold, unknown, done] = [named(check, 'changed'), named(check, 'unknown'), named(run, 'changed')]
  assert.equal(
    foretold.filter((thing) => !done.includes(thing)),
    [],
    'check names what the run does not do',
  )
  assert.equal(
    done.filter((thing) => ![...foretold, ...unknown].includes(thing)),
    [],
    'the run does what check did not name',
  )
  const standing = await fingerprints()
  const again = await prepare('--detailed-exitcode', ...args)
  assert.is(again.code, 0)
  assert.equal(named(again, 'changed'), [])
  same(standing, await fingerprints(), steady)
  return run
}

const everywhere = (script: string) => Promise.all(lab.hosts.map((host) => host.must(script)))
/** What chronyd itself learns of the clock. */
const withoutDrift = (fingerprint: Fingerprint) =>
  fingerprint.filter((line) => !line.includes('/var/lib/chrony/'))
/** Runs that still stand are remembered on a host; the first test shows that this goes with the last of them. */
const steady = (fingerprint: Fingerprint) => withoutDrift(withoutLeftovers(withoutOurs(fingerprint)))
const runId = (run: TroupeRun) => run.events[0]?.run ?? ''

test(
  'from bare hosts to one time server and back, without a trace',
  async () => {
    const bare = await fingerprints()
    const run = await isHonestAndIdle(...served)
    assert.is(named(run, 'changed').length, 9)
    const sources = await everywhere('chronyc -c -n sources')
    for (const [index, source] of sources.entries()) {
      assert.is(source.includes(lab.hosts[0]?.address ?? '?'), index > 0)
    }
    await prepare('--revert', runId(run))
    same(bare, await fingerprints(), withoutLeftovers)
  },
  { timeoutMs },
)

test(
  'from hosts that drifted, in content, in mode, stopped and with the package gone',
  async () => {
    await prepare(...served)
    await lab.hosts[0]?.must('echo "# by hand" >> /etc/chrony/chrony.conf')
    await lab.hosts[1]?.must('chmod 600 /etc/chrony/chrony.conf; systemctl disable --now chrony')
    await lab.hosts[2]?.must('apt-get remove -y chrony')
    const standing = await fingerprints()
    const run = await isHonestAndIdle(...served)
    assert.ok(named(run, 'changed').length > 0)
    await prepare('--revert', runId(run))
    same(standing, await fingerprints(), steady)
    await prepare(...served)
  },
  { timeoutMs },
)

test(
  'from hosts that are configured otherwise: only what differs changes, and the daemon takes it up',
  async () => {
    const standing = await fingerprints()
    const run = await isHonestAndIdle(...outside())
    assert.equal(
      [...new Set(named(run, 'changed').map((thing) => thing.split(' ')[1]))],
      ['file:/etc/chrony/chrony.conf', 'unit:chrony.service'],
    )
    for (const source of await everywhere('chronyc -c -n sources'))
      assert.match(source, lab.controllerAddress)
    await prepare('--revert', runId(run))
    same(standing, await fingerprints(), steady)
    for (const source of (await everywhere('chronyc -c -n sources')).slice(1))
      assert.match(source, lab.hosts[0]?.address ?? '?')
  },
  { timeoutMs },
)

test(
  'each damage is found and undone, and nothing else is touched',
  async () => {
    await prepare(...served)
    const right = await fingerprints()
    const damages: Readonly<Record<string, readonly string[]>> = {
      'echo "server 127.0.0.1" >> /etc/chrony/chrony.conf': ['file:/etc/chrony/chrony.conf'],
      'rm /etc/chrony/chrony.conf': ['file:/etc/chrony/chrony.conf'],
      'chown _chrony /etc/chrony/chrony.conf': ['file:/etc/chrony/chrony.conf'],
      'systemctl stop chrony': ['unit:chrony.service'],
      'systemctl disable chrony': ['unit:chrony.service'],
    }
    for (const [damage, things] of Object.entries(damages)) {
      await lab.hosts[1]?.must(damage)
      const repair = await prepare(...served)
      assert.equal(
        named(repair, 'changed'),
        things.map((thing) => `node2 ${thing}`),
        damage,
      )
      same(right, await fingerprints(), steady)
    }
  },
  { timeoutMs },
)
