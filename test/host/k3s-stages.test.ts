import { exec } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { installScript } from '../lab/stand-in/index.ts'
import { kubeNodesOf, K3sLab, problemsOf } from '../playbooks/k3s-lab.ts'
import { countOf, expectCode, resourcesOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

// The program that these hosts get is a stand-in for k3s: it speaks its join protocol, and runs no containers.
const test = suite('k3s: stages, races and kills (stand-in)')
const long = { timeoutMs: 180_000 }
const whole = {
  node1: 'server voter ready',
  node2: 'server voter ready',
  node3: 'server voter ready',
  node4: 'agent ready',
}
const root = join(import.meta.dirname, '../..')
let lab: K3sLab

test.before(async () => {
  lab = await K3sLab.create({ hosts: 4 })
})
test.after(() => lab[Symbol.asyncDispose]())

/** As the guide to staged installs writes it: each host says what it is. */
function markedInventory(): string {
  const marks = [
    'node_role=server cluster_init=true',
    'node_role=server',
    'node_role=server',
    'node_role=agent',
  ]
  const lines = lab
    .hostLines(['node1', 'node2', 'node3', 'node4'])
    .split('\n')
    .map((line, index) => `${line} ${marks[index]}`)
  return `[rke_servers]\n${lines.slice(0, 3).join('\n')}\n\n[rke_agents]\n${lines[3]}\n${lab.allVars({})}`
}

const runs = (
  what: RegExp,
  events: readonly { readonly type: string; readonly task?: string; readonly host?: string }[],
) => events.flatMap((event) => (event.type === 'task' && what.test(event.task ?? '') ? [event.host] : []))

test(
  'each stage can be run alone, in order; one that has nothing to join is refused',
  async () => {
    const install = lab.playbook('install', markedInventory())
    for (const limit of ['rke_agents', 'node2,node3']) {
      const early = await install.run(['--limit', limit])
      expectCode(early, 2, `--limit ${limit} before there is a cluster`)
      assert.match(problemsOf(early), /no server of the inventory holds a cluster.*Run it for node1 first/s)
      assert.is(countOf(early, 'changed'), 0)
    }
    const steps: readonly (readonly [readonly string[], readonly string[]])[] = [
      [['--limit', 'rke_servers', '--extra-vars', 'deploy_stage=1'], ['node1']],
      [
        ['--limit', 'node2,node3'],
        ['node2', 'node3'],
      ],
      [['-e', 'deploy_stage=3'], ['node4']],
      [['--limit', 'rke_agents'], ['node4']],
    ]
    for (const [args, hosts] of steps) {
      const run = await install.run(args)
      expectCode(run, 0, args.join(' '))
      assert.equal(runs(/^Run the (server|agent)/, run.events), hosts, args.join(' '))
    }
    assert.equal(await kubeNodesOf(lab.host(2)), whole)
    assert.is(countOf(await install.run(), 'changed'), 0)
    assert.is((await install.run(['-e', 'deploy_stage=4'])).code, 1)
  },
  long,
)

test(
  'what the guide to staged installs has people type works here, line by line',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'troupe-guide-'))
    const inventory = join(folder, 'hosts.ini')
    writeFileSync(inventory, markedInventory())
    const page = readFileSync(join(root, 'docs/from-ansible.md'), 'utf8')
    const typed = page.split('## Commands of a staged cluster')[1] ?? ''
    const lines = [...typed.matchAll(/`(npx tsx playbooks[^`]+)`/g)].map(([, line = '']) => line)
    assert.ok(lines.length >= 11, `the page names ${lines.length} commands`)
    for (const line of ['make install INVENTORY=inventory/hosts.ini', ...lines]) {
      const env = { ...process.env, TROUPE_STATE: folder }
      // It throws with what was printed where the exit code is not 0.
      await promisify(exec)(line.replaceAll('inventory/hosts.ini', inventory), { cwd: root, env })
    }
  },
  long,
)

test(
  'all is started at once and the initial server is slow: whoever joins holds its token, and no second cluster is founded',
  async () => {
    await lab.wipe()
    await lab.host(1).must('echo 8 > /etc/stand-in-delay')
    const inventory = markedInventory()
    const [first, ...others] = await Promise.all(
      ['node1', 'node2', 'node3', 'rke_agents'].map((limit) =>
        lab.playbook('install', inventory).run(['--limit', limit]),
      ),
    )
    await lab.host(1).must('rm /etc/stand-in-delay')
    if (first === undefined) throw new Error('There was no first run.')
    expectCode(first, 0, 'The run of the initial server')
    for (const run of others) {
      expectCode(run, 2, 'A run of joiners that came too early')
      assert.is(countOf(run, 'changed'), 0)
    }
    const run = await lab.playbook('install', inventory).run()
    expectCode(run, 0, 'The run of all')
    assert.equal(await kubeNodesOf(lab.host(4 - 1)), whole)
    const authorities = await Promise.all(
      [1, 2, 3].map((number) =>
        lab.host(number).must('sha256sum < /var/lib/rancher/k3s/server/tls/server-ca.crt'),
      ),
    )
    assert.is(new Set(authorities).size, 1)
  },
  long,
)

test(
  'the controller is killed while a server joins, and a server is off when it goes on: etcd has the members it should',
  async () => {
    await lab.wipe()
    const install = lab.playbook('install', markedInventory())
    await install.killed(
      (event) => event.type === 'task-started' && event.host === 'node2' && event.task === 'Run the server',
    )
    const resumed = await install.resume()
    expectCode(resumed, 0, 'The resume')
    assert.equal(await kubeNodesOf(lab.host(1)), whole)

    await lab.host(1).powerOff()
    await lab.host(4).must('systemctl disable -q --now k3s-agent; rm -rf /var/lib/rancher /etc/rancher')
    await lab.host(2).must('k3s kubectl delete node node4')
    const joined = await install.run(['--limit', 'node4'])
    expectCode(joined, 0, 'Joining by a server that lives')
    assert.is((await kubeNodesOf(lab.host(2)))['node4'], 'agent ready')
    assert.match(
      await lab.host(4).must('cat /etc/rancher/k3s/config.yaml'),
      `server: "https://${lab.host(2).address}:6443"`,
    )
    await lab.host(1).powerOn()
  },
  long,
)

test(
  'RKE2 comes up by the same role under its own names',
  async () => {
    await lab.wipe()
    const vars = { 'kubernetes.distribution': 'rke2', 'kubernetes.version': 'v1.34.2+rke2r1' }
    const install = lab.playbook('install', lab.inventory({ servers: 1, agents: 1 }, vars))
    const run = await install.run()
    expectCode(run, 0, 'The install')
    const kubectl = '/var/lib/rancher/rke2/bin/kubectl --kubeconfig /etc/rancher/rke2/rke2.yaml'
    assert.equal(await kubeNodesOf(lab.host(1), kubectl), {
      node1: 'server voter ready',
      node2: 'agent ready',
    })
    assert.match(
      await lab.host(2).must('cat /etc/rancher/rke2/config.yaml'),
      `server: "https://${lab.host(1).address}:9345"`,
    )
    assert.is((await lab.host(2).must('systemctl is-enabled rke2-agent')).trim(), 'enabled')
    const second = await install.run()
    assert.is(countOf(second, 'changed'), 0, JSON.stringify(resourcesOf(second)))
  },
  long,
)

test(
  'the script of the makers brings the program where that is wished: never unchecked, and never to start it',
  async () => {
    await lab.wipe()
    const cast = { servers: 1, agents: 1 }
    const by = (sha256: string) => lab.inventory(cast, { 'k3s.method': 'script', 'k3s.script': { sha256 } })
    const other = await lab.playbook('install', by('0'.repeat(64))).run()
    expectCode(other, 2, 'The install by a script that was altered')
    assert.is((await lab.host(1).run('ls /usr/local/bin/k3s')).stdout, '')

    const install = lab.playbook('install', by(createHash('sha256').update(installScript).digest('hex')))
    const run = await install.run()
    expectCode(run, 0, 'The install')
    assert.equal(await kubeNodesOf(lab.host(1)), { node1: 'server voter ready', node2: 'agent ready' })
    for (const [number, uninstall] of [
      [1, 'k3s-uninstall.sh'],
      [2, 'k3s-agent-uninstall.sh'],
    ] as const) {
      assert.is(
        (await lab.host(number).must('ls /usr/local/bin/*-uninstall.sh')).trim(),
        `/usr/local/bin/${uninstall}`,
      )
    }
    assert.is(countOf(await install.run(), 'changed'), 0)
    expectCode(await install.revert(run), 0, 'The revert')
    for (const number of [1, 2]) {
      const left = 'ls -d /usr/local/bin/* /etc/rancher/k3s/*.yaml /etc/systemd/system/k3s* 2> /dev/null'
      assert.is((await lab.host(number).run(left)).stdout, '')
    }
  },
  long,
)
