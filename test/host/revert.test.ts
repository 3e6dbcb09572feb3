import * as assert from 'uvu/assert'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fingerprint } from '../lab/fingerprint.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { expectCode, idOf, PlaybookOnLab, resourcesOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/revert')
const long = { timeoutMs: 120_000 }
const files = ['/etc/joining.conf', '/srv/joined', '/srv/noted']

let lab: Lab
let before: readonly Fingerprint[]
let playbook: PlaybookOnLab

test.before(async () => {
  lab = await createLab({ hosts: 2 })
  playbook = new PlaybookOnLab(lab, 'joining')
  before = await fingerprints()
})
test.after(() => lab.destroy())

const fingerprints = () => Promise.all(lab.hosts.map((host) => host.fingerprint()))

function hostAt(index: number): LabHost {
  const host = lab.hosts[index]
  if (host === undefined) throw new Error(`The lab has no host ${index}.`)
  return host
}

async function standingOn(host: LabHost): Promise<readonly string[]> {
  return (await host.must(`ls -d ${files.join(' ')} 2>/dev/null || true`)).split('\n').filter(Boolean)
}

test(
  'what one step cannot undo is named with the command that finishes it; the rest is back, and that command does it',
  async () => {
    const run = await playbook.run()
    expectCode(run, 0, 'The run')
    const stuck = hostAt(1)
    await stuck.must('touch /srv/stuck')
    const revert = await playbook.revert(run)
    expectCode(revert, 2, 'The revert')
    assert.equal(await standingOn(hostAt(0)), [])
    assert.equal(await standingOn(stuck), ['/srv/joined'])
    assert.match(
      revert.stderr,
      /node2: 1 change of this run is left\.\s+command:Join \(Join the cluster\):[^]*the API server is away/,
    )
    const ended = revert.events.find((event) => event.type === 'run-ended')
    const typed = /Put back what is left with: (.*)/.exec(
      ended?.type === 'run-ended' ? (ended.message ?? '') : '',
    )?.[1]
    assert.match(typed ?? 'nothing', new RegExp(`^npx tsx test/playbooks/joining.ts .*--revert ${idOf(run)}`))

    await stuck.must('rm /srv/stuck')
    const finished = spawnSync('sh', ['-c', typed ?? 'false'], {
      env: { ...process.env, TROUPE_STATE: playbook.state },
      encoding: 'utf8',
    })
    assert.is(finished.status, 0, finished.stderr)
    const told = finished.stdout.split('\n').filter((line) => line.includes('"type":"resource"'))
    assert.is(told.length, 1, 'it goes on with just what is left')
    assert.equal(await fingerprints(), before)
  },
  long,
)

test(
  'a host that left the inventory is named, the others go back; with it, the same revert finishes',
  async () => {
    const run = await playbook.run()
    expectCode(run, 0, 'The run')
    const alone = later('inventory.ini', lab.inventory.replaceAll(/^node2\b.*\n/gm, ''))
    const revert = await playbook.with({ inventoryFile: alone }).revert(run)
    expectCode(revert, 2, 'The revert')
    assert.match(revert.stderr, /node2 is not in the inventory any more, so its changes stay/)
    assert.equal(await standingOn(hostAt(0)), [])
    assert.equal(await standingOn(hostAt(1)), files)
    const second = await playbook.revert(run)
    expectCode(second, 0, 'The second revert')
    assert.equal([...new Set(Object.values(resourcesOf(second)))], ['reverted'])
    assert.equal(await fingerprints(), before)
  },
  long,
)

test(
  'a playbook that has nothing of it any more reverts a run all the same, and says that it asks no guards',
  async () => {
    const run = await playbook.run()
    expectCode(run, 0, 'The run')
    const revert = await playbook.with({ name: 'nothing' }).revert(run)
    expectCode(revert, 0, 'The revert')
    assert.match(revert.stderr, /The playbook has no stage "Join" any more, so no guards of it are asked/)
    assert.equal(await fingerprints(), before)
  },
  long,
)

test(
  'a host that has another address by now is found by its name',
  async () => {
    const run = await playbook.run()
    expectCode(run, 0, 'The run')
    const host = hostAt(0)
    const moved = host.address.replace(/\d+$/, '211')
    await host.must(`ip addr add ${moved}/24 dev host0`)
    const knownHosts = later(
      'known_hosts',
      readFileSync(lab.knownHostsFile, 'utf8').replaceAll(host.address, moved),
    )
    const inventory = lab.inventory.replaceAll(host.address, moved).replaceAll(lab.knownHostsFile, knownHosts)
    const revert = await playbook.with({ inventoryFile: later('inventory.ini', inventory) }).revert(run)
    await host.must(`ip addr del ${moved}/24 dev host0`)
    expectCode(revert, 0, 'The revert')
    assert.equal(await standingOn(host), [])
    assert.equal(await fingerprints(), before)
  },
  long,
)

/** A file of the lab as it is later, under its own name. */
function later(name: string, text: string): string {
  const folder = join(lab.inventoryFile, '../later')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
