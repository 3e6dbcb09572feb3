import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { Finding, StampedEvent } from '../../lib/report/events.ts'
import { diffFingerprints } from '../lab/fingerprint.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import {
  breakHosts,
  brokenHosts,
  lostHosts,
  soundHosts,
  type BrokenCluster,
} from '../support/broken-hosts.ts'
import { suite } from '../support/suite.ts'
import { troupe, type TroupeRun } from '../support/troupe.ts'

type Found = Finding & { readonly host: string }

const test = suite('roles/preflight on real hosts')
const long = { timeoutMs: 240_000 }
const state = mkdtempSync(join(tmpdir(), 'troupe-preflight-'))
/** What is wrong with which host, as it is told; what depends on the lab stands in braces. */
const table = readFileSync(join(import.meta.dirname, '../fixtures/preflight/broken-hosts.yaml'), 'utf8')
const reached = brokenHosts.filter((name) => !lostHosts.includes(name))
let lab: Lab
let cluster: BrokenCluster

test.before(async () => {
  lab = await createLab({ hosts: brokenHosts.length })
  cluster = await breakHosts(lab)
})
test.after(async () => {
  await lab.destroy()
  rmSync(state, { recursive: true })
})

function judge(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<TroupeRun> {
  const { vip, inventoryFile } = cluster
  const vars = ['kubernetes.version=v1.34.2', 'loadBalancer.type=haproxy', `loadBalancer.vip=${vip}`]
  const given = ['-i', inventoryFile, ...vars.flatMap((words) => ['-e', words]), ...args]
  return troupe('playbooks/preflight.ts', given, { state, env })
}

function findingsOf({ events }: TroupeRun): readonly Found[] {
  return events.flatMap((event: StampedEvent) => {
    if (event.type !== 'finding' || event.host === undefined) return []
    const { host, check, class: grade, found, wanted, message, advice } = event
    return { host, check, class: grade, found, wanted, message, advice }
  })
}

/** The table with the addresses, processes and cards of this lab. */
async function faults(): Promise<readonly Found[]> {
  const process = (unit: string) => cluster.host('crowded').must(`systemctl show --value -p MainPID ${unit}`)
  const known = {
    ...Object.fromEntries(brokenHosts.map((name) => [name, cluster.host(name).address])),
    lab: join(lab.inventoryFile, '..'),
    vip: cluster.vip,
    mac: await cluster.host('guest').must('cat /sys/class/net/host0/address'),
    'listener-6443': await process('listener-6443'),
    'listener-31000': await process('listener-31000'),
  }
  const filled = Object.entries(known).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, value.trim()),
    table,
  )
  return parse(filled) as readonly Found[]
}

/** `{…}` in the table stands for anything. */
function isAsTold(fault: Found, found: Found): boolean {
  return (Object.keys(fault) as (keyof Found)[]).every((key) => {
    const parts = fault[key].split('{…}').map((part) => part.replaceAll(/[^\w\s]/gu, '\\$&'))
    return new RegExp(`^${parts.join('.+')}$`).test(found[key])
  })
}

const fingerprints = () =>
  Promise.all(brokenHosts.filter((name) => name !== 'off').map((name) => cluster.host(name).fingerprint()))

test(
  'each fault is found on the host that has it, none on a sound one, and nothing is changed',
  async () => {
    const before = await fingerprints()
    const run = await judge([])
    const after = await fingerprints()
    assert.is(run.code, 4, run.stderr)
    assert.equal(
      before.flatMap((fingerprint, index) => diffFingerprints(fingerprint, after[index] ?? [])),
      [],
    )
    const findings = findingsOf(run)
    const expected = await faults()
    for (const fault of expected) {
      const alike = findings.filter(({ host, check }) => host === fault.host && check === fault.check)
      assert.ok(
        alike.some((found) => isAsTold(fault, found)),
        `not found: ${JSON.stringify(fault)}\nbut: ${JSON.stringify(alike)}`,
      )
      for (const found of findings.filter(({ host }) => soundHosts.includes(host)))
        assert.not.equal([found.check, found.class], [fault.check, fault.class], found.message)
    }
    const beside = findings.filter(
      (found) => found.class === 'fatal' && !expected.some((fault) => isAsTold(fault, found)),
    )
    assert.equal(beside, [], 'told of a fault that nobody made')
  },
  long,
)

test(
  'without those that are lost it ends with 2, and leaves out what is to be left out',
  async () => {
    const run = await judge([
      '--limit',
      reached.join(','),
      '-e',
      'preflight.skipChecks=["ports","reachability"]',
    ])
    assert.is(run.code, 2, run.stderr)
    const checks = new Set(findingsOf(run).map(({ check }) => check))
    assert.is(checks.has('installation'), true)
    assert.equal(
      ['ports', 'reachability', 'connectivity'].filter((name) => checks.has(name)),
      [],
    )
  },
  long,
)

test(
  'it tells in Chinese what it is asked to tell in Chinese',
  async () => {
    const limit = ['--limit', 'crowded,sound-server']
    const [asked, spoken] = await Promise.all([
      judge([...limit, '--lang', 'zh']),
      judge(limit, { LC_ALL: '', LC_MESSAGES: '', LANG: 'zh_CN.UTF-8' }),
    ])
    const words = (run: TroupeRun) => findingsOf(run).flatMap(({ message, advice }) => [message, advice])
    const said = words(asked)
    assert.equal(
      said.filter((text) => !/\p{Script=Han}/u.test(text)),
      [],
    )
    assert.ok(said.some((text) => text.startsWith("节点 crowded 的端口 6443/tcp 已被进程 'python3")))
    assert.equal(words(spoken).toSorted(), said.toSorted())
  },
  long,
)

test('what it does not know to leave out, or to speak, is refused before any host is asked', async () => {
  const language = await judge(['--lang', 'fr'])
  assert.is(language.code, 1)
  assert.match(language.stderr, 'fr')
  const check = await judge(['-e', 'preflight.skipChecks=["port"]'])
  assert.is(check.code, 1)
  assert.match(check.stderr, /port.*\n?.*ports/)
  assert.not.ok([...language.events, ...check.events].some(({ type }) => type === 'task-started'))
})
