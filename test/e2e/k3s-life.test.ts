import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { StampedEvent } from '../../lib/report/events.ts'
import { diffFingerprints, type Fingerprint } from '../lab/fingerprint.ts'
import { withoutLeftovers, withoutOurs } from '../playbooks/aftermath.ts'
import { K3sLab, kubeNodesOf, type Cast } from '../playbooks/k3s-lab.ts'
import { Reader } from '../playbooks/k3s-reader.ts'
import { countOf, expectCode, type PlaybookOnLab } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'
import type { TroupeRun } from '../support/troupe.ts'

// The program that these hosts get is a stand-in for k3s: it speaks its join protocol, and runs no containers.
const test = suite('e2e: clusters of every size, from bare hosts and back (stand-in)')
const timeoutMs = 30 * 60_000
const stagingCostsMs = 30_000
const folder = mkdtempSync(join(tmpdir(), 'troupe-life-'))
const kubeconfig = join(folder, 'kubeconfig')
const vars = { 'cluster.name': 'life', 'k3s.kubeconfig': { controller: kubeconfig } }
let lab: K3sLab

test.before(async () => {
  lab = await K3sLab.create({ hosts: 8 })
})
test.after(() => lab[Symbol.asyncDispose]())

const installOf = (cast: Cast, more: Readonly<Record<string, unknown>> = {}): PlaybookOnLab =>
  lab.playbook('install', lab.inventory(cast, { ...vars, ...more }), join(folder, 'state'))

function wholeOf({ servers, agents = 0 }: Cast): Readonly<Record<string, string>> {
  const numbers = Array.from({ length: servers + agents }, (_, index) => index + 1)
  const part = (number: number) => (number > servers ? 'agent ready' : 'server voter ready')
  return Object.fromEntries(numbers.map((number) => [`node${number}`, part(number)]))
}

for (const cast of [
  { servers: 1 },
  { servers: 1, agents: 2 },
  { servers: 3, agents: 1 },
  { servers: 3, agents: 5 },
]) {
  const { servers, agents = 0 } = cast
  test(
    `${servers} + ${agents}: every node is ready, a second run has nothing to do, stages cost little`,
    async () => {
      await lab.wipe()
      const install = installOf(cast)
      const run = await install.run()
      expectCode(run, 0, 'The install')
      assert.equal(await kubeNodesOf(lab.host(1)), wholeOf(cast))
      const second = await install.run()
      expectCode(second, 0, 'The second run')
      assert.is(countOf(second, 'changed'), 0)
      const check = await install.check()
      assert.is(countOf(check, 'changed') + countOf(check, 'unknown'), 0)
      const { stages, costMs } = stagingOf(run)
      console.log(`${servers} + ${agents}: ${stages.join(', ')}; beside the slowest path ${costMs} ms`)
      assert.ok(costMs < stagingCostsMs, `staging cost ${costMs} ms`)
    },
    { timeoutMs },
  )
}

test(
  'the initial server is held back for 30 s and all installs start at once: one authority, no foreign token',
  async () => {
    await lab.wipe()
    await lab.host(1).must('echo 30 > /etc/stand-in-delay')
    const early = await Promise.all(
      ['node1', 'node2', 'node3', 'agent'].map((limit) =>
        lab.playbook('install', lab.inventory({ servers: 3, agents: 5 }, vars)).run(['--limit', limit]),
      ),
    )
    await lab.host(1).must('rm /etc/stand-in-delay')
    assert.equal(
      early.map(({ code }) => code),
      [0, 2, 2, 2],
    )
    assert.equal(
      early.slice(1).map((run) => countOf(run, 'changed')),
      [0, 0, 0],
    )
    expectCode(await installOf({ servers: 3, agents: 5 }).run(), 0, 'The install of all')
    assert.equal(await kubeNodesOf(lab.host(1)), wholeOf({ servers: 3, agents: 5 }))
    assert.is(new Set(await onServers('sha256sum < /var/lib/rancher/k3s/server/tls/server-ca.crt')).size, 1)
    const refusals = await lab.host(1).must('journalctl -q -u k3s --no-pager | grep -ci unauthorized || true')
    assert.is(refusals.trim(), '0')
  },
  { timeoutMs },
)

test(
  'a server is powered off, removed and added anew: a client that reads all the time is always answered',
  async () => {
    const install = installOf({ servers: 3, agents: 5 })
    const addresses = [1, 2, 3].map((number) => lab.host(number).address)
    const reader = new Reader(kubeconfig, addresses)
    await lab.host(1).powerOff()
    const remove = install.with({ name: 'playbooks/remove_node.ts' })
    expectCode(await remove.run(['-e', 'node=node1', '-e', 'node_is_gone=true']), 0, 'The removal')
    await lab.host(1).powerOn()
    await lab.host(1).must('systemctl disable -q --now k3s; rm -rf /var/lib/rancher /etc/rancher')
    const add = install.with({ name: 'playbooks/add_node.ts' })
    expectCode(await add.run(['--limit', 'node1']), 0, 'The addition')
    const readings = await reader.stop()
    console.log(`the client: ${JSON.stringify(readings)}`)
    assert.equal(await kubeNodesOf(lab.host(2)), wholeOf({ servers: 3, agents: 5 }))
    assert.ok(readings.reads > 100, 'the client read too little to say anything')
    assert.is(readings.failed, 0)
    assert.ok(readings.longestGapMs < 30_000)
  },
  { timeoutMs },
)

test(
  'installed and reset ten times: no run fails, and each reset leaves the hosts as they were found',
  async () => {
    const cast = { servers: 3, agents: 1 }
    const install = installOf(cast)
    const reset = install.with({ name: 'playbooks/reset.ts' })
    const confirmed = ['-e', 'confirm=life']
    expectCode(
      await installOf({ servers: 3, agents: 5 }).with({ name: 'playbooks/reset.ts' }).run(confirmed),
      0,
      'The first reset',
    )
    const bare = await fingerprints()
    for (let round = 1; round <= 10; round += 1) {
      expectCode(await install.run(), 0, `Install ${round}`)
      assert.equal(await kubeNodesOf(lab.host(1)), wholeOf(cast))
      expectCode(await reset.run(confirmed), 0, `Reset ${round}`)
      const left = (await fingerprints()).map((seen, index) => diffFingerprints(bare[index] ?? [], seen))
      assert.equal(left, [[], [], [], []], `what round ${round} left`)
    }
    expectCode(await install.run(), 0, 'The install after them')
  },
  { timeoutMs },
)

test('no token of these clusters stands in a log, journal or state of the controller', async () => {
  const token = (
    await lab.host(1).must("sed 's/.*:://;s/server://' /var/lib/rancher/k3s/server/token")
  ).trim()
  assert.ok(token.length >= 32, 'the token that was made is too short to be one')
  const found = spawnSync('grep', ['-rlF', '-f', '-', folder], { input: token, encoding: 'utf8' })
  assert.is(found.stdout, '')
  assert.is(found.status, 1, found.stderr)
})

function onServers(script: string): Promise<readonly string[]> {
  return Promise.all([1, 2, 3].map((number) => lab.host(number).must(script)))
}

function fingerprints(): Promise<readonly Fingerprint[]> {
  return Promise.all(
    lab.lab.hosts.slice(0, 4).map(async (host) => withoutLeftovers(withoutOurs(await host.fingerprint()))),
  )
}

/** How long each stage of a cluster took, and what all of it took beyond its slowest hosts, one batch after the other. */
function stagingOf({ events }: TroupeRun): { readonly stages: readonly string[]; readonly costMs: number } {
  const ended = events.filter((event) => event.type === 'stage-ended')
  const first = ended.findIndex(({ stage }) => stage === 'Start the initial server')
  const staged = ended.slice(first)
  const total = staged.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const slowest = staged.reduce((sum, { stage }) => sum + slowestMs(events, stage), 0)
  return {
    stages: staged.map(({ stage, durationMs }) => `${stage} ${(durationMs / 1000).toFixed(1)} s`),
    costMs: total - slowest,
  }
}

function slowestMs(events: readonly StampedEvent[], stage: string | undefined): number {
  const batches: Map<string, number>[] = [new Map()]
  for (const event of events.filter((each) => each.stage === stage)) {
    if (event.type === 'batch-started') batches.push(new Map())
    const batch = batches.at(-1)
    if (event.type !== 'task' || event.host === undefined || batch === undefined) continue
    batch.set(event.host, (batch.get(event.host) ?? 0) + event.durationMs)
  }
  return batches.reduce((sum, batch) => sum + Math.max(0, ...batch.values()), 0)
}
