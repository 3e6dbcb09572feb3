import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { makeCase } from '../support/ansible-inventory/case.ts'
import { compareCases } from '../support/ansible-inventory/rounds.ts'
import { installAnsible } from '../support/ansible-inventory/referee.ts'
import { fuzz } from '../support/fuzz/fuzz.ts'
import { inventoryTargets } from '../support/fuzz/inventories.ts'
import { Random } from '../support/fuzz/random.ts'
import { scratchFolder } from '../support/scratch.ts'
import { suite } from '../support/suite.ts'

const test = suite('e2e/ansible-inventory')
const rounds = Number(process.env['INVENTORY_ROUNDS'] ?? 2000)
const seed = process.env['INVENTORY_SEED'] ?? String(Date.now())
const root = join(import.meta.dirname, '../..')
const config = join(root, 'test/support/ansible-inventory/ansible.cfg')
const run = promisify(execFile)

/** What a program prints, and how long it took. */
async function timed(program: string, args: readonly string[], cwd = root) {
  const env = { ...process.env, ANSIBLE_CONFIG: config }
  const started = performance.now()
  const { stdout } = await run(program, args, { cwd, env, maxBuffer: 1 << 28 })
  return { stdout, seconds: (performance.now() - started) / 1000 }
}

const troupe = (playbook: string, args: readonly string[]) =>
  timed(process.execPath, ['--import', 'tsx', join(root, playbook), ...args])

test(
  'hosts, groups, variables and patterns are those of Ansible, but for what is listed',
  async () => {
    const { cases, met } = await compareCases(rounds, seed)
    assert.is(cases, rounds)
    // What is listed as a difference and never met was not compared.
    if (rounds >= 500) assert.ok(met.namesakes > 0 && met.ranges > 0, JSON.stringify(met))
  },
  { timeoutMs: 1_800_000 },
)

test(
  'whatever is damaged in inventories and files of variables, nothing crashes and nothing hangs',
  async () => {
    const mutations = Number(process.env['INVENTORY_MUTATIONS'] ?? 100_000)
    assert.ok((await fuzz(inventoryTargets, mutations, seed)) >= mutations)
  },
  { timeoutMs: 1_800_000 },
)

/** What --list prints without what JavaScript cannot tell apart, and without passwords. */
function plain(text: string): unknown {
  return JSON.parse(text, (name, value: unknown) => {
    const isPassword = /^ansible_(?:\w+_)?(?:password|pass|passphrase)$/.test(name)
    if (isPassword && value !== null) return '«secret»'
    return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? 'long'
      : value
  })
}

test(
  'the command lines themselves print the same: --list, --host, --graph',
  async () => {
    await installAnsible()
    const folder = scratchFolder()
    for (let round = 0, compared = 0; compared < 12; round++) {
      const { sources, playbookFolder } = makeCase(
        new Random(`${seed}/command/${round}`),
        join(folder, String(round)),
      )
      const flags = [...sources.flatMap((source) => ['-i', source]), '--playbook-dir', playbookFolder]
      const list = await troupe('playbooks/inventory.ts', [...flags, '--list']).catch(() => undefined)
      // What is refused on purpose is looked at by the test before.
      if (list === undefined) continue
      compared++
      const theirs = await timed('ansible-inventory', [...flags, '--list'])
      const long = /"\d{17,}"/g
      assert.equal(
        plain(list.stdout.replaceAll(long, '"long"')),
        plain(theirs.stdout),
        `round ${seed}/${round}`,
      )
      const graph = await troupe('playbooks/inventory.ts', [
        ...sources.flatMap((source) => ['-i', source]),
        '--graph',
      ])
      assert.is(graph.stdout, (await timed('ansible-inventory', [...flags, '--graph'])).stdout)
      const [host = ''] = /(?<=--)[^@\n]+$/m.exec(graph.stdout) ?? []
      const [ours, other] = [
        await troupe('playbooks/inventory.ts', [...flags, '--host', host]),
        await timed('ansible-inventory', [...flags, '--host', host]),
      ]
      assert.equal(plain(ours.stdout.replaceAll(long, '"long"')), plain(other.stdout))
    }
  },
  { timeoutMs: 600_000 },
)

const hostCount = 5000

/** A fleet as it is: each host in a rack, a zone, a ring and a role, with what is known of it on its line. */
function largeInventory(): string {
  const folder = scratchFolder()
  const hosts = Array.from({ length: hostCount }, (_, number) => ({
    number,
    name: `node${number}.example.com`,
  }))
  const line = ({ number, name }: { readonly number: number; readonly name: string }) =>
    `${name} ansible_host=10.${number >> 8}.${number & 255}.1 ansible_user=ops ansible_port=22 unit=${number} ` +
    `rack=r${number % 20} labels="{'disk': 'ssd', 'cpu': ${number % 64}}"`
  const group = (name: string, of: (number: number) => boolean) => [
    `[${name}]`,
    ...hosts.filter(({ number }) => of(number)).map((host) => host.name),
  ]
  const groups = (kind: string, count: number) =>
    Array.from({ length: count }, (_, each) => group(kind + each, (number) => number % count === each)).flat()
  const roles = [...group('server', (number) => number < 50), ...group('agent', (number) => number >= 50)]
  const parents = [
    '[cluster:children]',
    'server',
    'agent',
    '[prod:children]',
    'cluster',
    '[prod:vars]',
    'env=prod',
  ]
  const lines = [...hosts.map(line), ...groups('rack', 20), ...groups('zone', 3), ...groups('ring', 10)]
  writeFileSync(join(folder, 'hosts.ini'), [...lines, ...roles, ...parents].join('\n'))
  mkdirSync(join(folder, 'group_vars'))
  for (const name of ['all', 'cluster', 'prod', 'server', 'agent', 'rack0', 'rack1'])
    writeFileSync(
      join(folder, `group_vars/${name}.yml`),
      `who: ${name}\nlist: [1, 2, 3]\nmap: {a: 1, b: two}\n`,
    )
  writeFileSync(
    join(folder, 'play.yml'),
    '- name: All\n  hosts: all\n  gather_facts: false\n  tasks: [{debug: {msg: hello}}]\n',
  )
  return folder
}

test(
  'a playbook that is asked for help starts nearly as soon as an empty file',
  async () => {
    const empty = join(scratchFolder(), 'empty.ts')
    writeFileSync(empty, '')
    const help: number[] = []
    const nothing: number[] = []
    for (let round = 0; round < 5; round++) {
      help.push((await troupe('playbooks/install.ts', ['--help'])).seconds)
      nothing.push((await timed(process.execPath, ['--import', 'tsx', empty])).seconds)
    }
    const [mine, least] = [Math.min(...help), Math.min(...nothing)]
    console.log(`--help: ${mine.toFixed(2)} s, an empty file ${least.toFixed(2)} s`)
    assert.ok(mine < 2 * least, `${(mine / least).toFixed(1)} times`)
  },
  { timeoutMs: 120_000 },
)

test(
  `${hostCount} hosts are listed faster than by ansible-playbook`,
  async () => {
    await installAnsible()
    const folder = largeInventory()
    const flags = ['-i', join(folder, 'hosts.ini'), '--list-hosts']
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < 3; round++) {
      const mine = await troupe('test/playbooks/nothing.ts', flags)
      const other = await timed('ansible-playbook', [...flags, join(folder, 'play.yml')])
      assert.is(mine.stdout.match(/^ {6}node/gm)?.length, hostCount)
      // Below the second level Ansible's order is another in every run.
      const hostsIn = (text: string) =>
        text
          .split('\n')
          .filter((each) => each.startsWith('      node'))
          .toSorted()
      assert.equal(hostsIn(mine.stdout), hostsIn(other.stdout))
      ours.push(mine.seconds)
      theirs.push(other.seconds)
    }
    const [mine, other] = [Math.min(...ours), Math.min(...theirs)]
    console.log(`--list-hosts of ${hostCount}: ${mine.toFixed(2)} s, ansible-playbook ${other.toFixed(2)} s`)
    assert.ok(mine * 1.5 < other, `${(other / mine).toFixed(1)} times`)
  },
  { timeoutMs: 600_000 },
)
