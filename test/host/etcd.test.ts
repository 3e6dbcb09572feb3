import { existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { EtcdLab, membersOf, newer, older } from '../playbooks/etcd-lab.ts'
import { problemsOf } from '../playbooks/k3s-lab.ts'
import { LabGround } from '../playbooks/lab-ground.ts'
import { countOf, expectCode } from '../playbooks/on-lab.ts'
import { keepsLawsInTurn, type Damage } from '../support/laws.ts'
import { suite } from '../support/suite.ts'

const test = suite('roles/etcd on real hosts')
const long = { timeoutMs: 600_000 }
const three = { members: [1, 2, 3] }
const voters = (...numbers: readonly number[]) =>
  Object.fromEntries(numbers.map((number) => [`node${number}`, `voter ${older}`]))
const pki = '/etc/etcd/pki'
const ctlOn1 = `ETCDCTL_API=3 etcdctl --cacert ${pki}/ca.pem --cert ${pki}/admin-node1.pem --key ${pki}/admin-node1-key.pem --endpoints https://127.0.0.1:2379`
/** A repair that restarts the member that leads would let another lead first, whoever that is. */
const letNode2Lead = `${ctlOn1} move-leader $(${ctlOn1} member list | sed -n 's/, started, node2,.*//p') > /dev/null 2>&1 || true`
let lab: EtcdLab

test.before(async () => {
  lab = await EtcdLab.create({ hosts: 4 })
})
test.after(() => lab[Symbol.asyncDispose]())

/** What the member writes while it runs, and what a revert sets aside of it. */
const written = (line: string) => line.includes(' /var/lib/etcd')

const damages = (): readonly Damage[] => [
  damage(
    'a setting was changed',
    'sed -i s/^heartbeat-interval.*/heartbeat-interval:\\ 200/ /etc/etcd/etcd.conf.yml',
    ['file:/etc/etcd/etcd.conf.yml'],
  ),
  damage('the unit was edited', 'echo "# by hand" >> /etc/systemd/system/etcd.service', [
    'file:/etc/systemd/system/etcd.service',
    'unit:etcd.service',
  ]),
  damage('the key of the member can be read by all', 'chmod 644 /etc/etcd/pki/member-node1-key.pem', [
    'certificate:/etc/etcd/pki/member-node1.pem',
  ]),
  damage('the member was stopped, for good', 'systemctl disable -q --now etcd', ['unit:etcd.service']),
]

function damage(title: string, script: string, repairs: readonly string[]): Damage {
  return { title, repairs, do: () => lab.host(1).must(`${letNode2Lead}\n${script}`) }
}

test(
  'three members: honest, idempotent, repaired, and as they were found after a revert',
  async () => {
    // An authority that stands is no change of theirs, and stays.
    const alone = lab.on({ members: [4] })
    const made = await alone.run(['create'])
    expectCode(made, 0, 'A member alone')
    expectCode(await alone.revert(made, ['create']), 0, 'Its revert')
    const hosts = [1, 2, 3].map((number) => lab.host(number))
    await keepsLawsInTurn(new LabGround(lab.on(three).verb('create'), hosts, [], written), damages())
  },
  long,
)

test(
  'a cluster stands on bare hosts; its keys are on the hosts that use them alone, and that of its authority on none',
  async () => {
    expectCode(await lab.on(three).run(['create']), 0, 'The cluster')
    assert.equal(await membersOf(lab.on(three)), voters(1, 2, 3))
    assert.is(countOf(await lab.on(three).run(['create']), 'changed'), 0)
    const keys = await lab
      .host(1)
      .must('find / -xdev -name "*key*.pem" -path "*etcd*" -printf "%p %m %u\\n" | sort')
    assert.equal(keys.trim().split('\n'), [
      '/etc/etcd/pki/admin-node1-key.pem 600 root',
      '/etc/etcd/pki/member-node1-key.pem 600 etcd',
    ])
    const authority = join(lab.folder, 'pki', 'etcd-ca.key')
    assert.match(readFileSync(authority, 'utf8'), /^\$ANSIBLE_VAULT;/)
    assert.is(statSync(authority).mode & 0o777, 0o600)
  },
  long,
)

test(
  'what would not be one cluster is refused, and nothing is changed',
  async () => {
    const refused = async (what: RegExp, args: readonly string[], cast = three, vars = {}) => {
      const run = await lab.on(cast, vars).run(args)
      expectCode(run, 2, args.join(' '))
      assert.match(problemsOf(run), what)
      assert.is(countOf(run, 'changed'), 0)
    }
    await refused(/2 of 3 members at once/, ['scale', '-e', 'node=node2,node3'])
    await refused(/node1 runs etcd 3\.4\.23, and etcd\.version is 3\.5\.16/, ['create'], three, {
      'etcd.version': newer,
    })
    await refused(/minor versions would be skipped/, ['upgrade'], three, { 'etcd.version': '3.6.5' })
    await refused(/etcd\.type is stacked/, ['create'], three, { 'etcd.type': 'stacked' })
    const four = { members: [1, 2, 3, 4] }
    await lab.host(4).must('mkdir -p /var/lib/etcd/member/snap')
    await refused(/data of a member on node4 that the cluster does not know/, ['scale'], four)
    await lab.host(4).must('rm -rf /var/lib/etcd')
    await lab.host(1).must(`${ctlOn1} member add stray --learner --peer-urls https://127.0.0.9:2380`)
    await refused(/is a learner that does not vote yet/, ['scale', '-e', 'node=node3'])
    await lab.host(1).must(`${ctlOn1} member remove $(${ctlOn1} member list | sed -n 's/, unstarted.*//p')`)
  },
  long,
)

test(
  'a member that is needed for the quorum does not leave',
  async () => {
    await lab.host(3).powerOff()
    const run = await lab.on(three, { connection: { patience: '6s' } }).run(['scale', '-e', 'node=node2'])
    await lab.host(3).powerOn()
    assert.is.not(run.code, 0)
    assert.match(problemsOf(run), /members well without node2; down: node3/)
  },
  long,
)

test(
  'a backup is kept, drilled and refused once it was cut, altered or is read with another key',
  async () => {
    const backup = (vars = {}) => lab.on(three, { 'etcd.version': older, ...vars }, 'backup')
    await lab.host(1).must(`${ctlOn1} put key value`)
    const late = await lab.on(three).run(['status'])
    expectCode(late, 2, 'The status without a backup')
    assert.match(problemsOf(late), /There is no backup/)
    expectCode(await backup().run(['create']), 0, 'The backup')
    expectCode(await lab.on(three).run(['status']), 0, 'The status with a backup')
    const folder = join(lab.backups, 'lab', readdirSync(join(lab.backups, 'lab'))[0] ?? '')
    const file = join(folder, 'etcd.db.age')
    const drill = await backup().run(['drill'])
    expectCode(drill, 0, 'The drill')
    assert.is((await lab.host(1).must('ls -A /var/lib/etcd-snapshots')).trim(), '')
    const whole = readFileSync(file)
    const fails = async (what: RegExp, vars = {}) => {
      const run = await backup(vars).run(['drill'])
      assert.is(run.code, 2)
      assert.match(problemsOf(run), what)
    }
    truncateSync(file, whole.length - 100)
    await fails(/bytes/)
    writeFileSync(file, Buffer.concat([whole.subarray(0, 500), Buffer.from('x'), whole.subarray(501)]))
    await fails(/altered|not what was written|another checksum|sha256/i)
    writeFileSync(file, whole)
    const other = await EtcdLab.otherIdentity()
    await fails(/key|identity/i, { 'backup.identityFile': other })
    assert.ok(existsSync(file))
  },
  long,
)

test(
  'a disk that is full while a snapshot is saved is told, and nothing half is left',
  async () => {
    await lab.host(1).smallDisk('/var/lib/etcd-snapshots', 1)
    await lab.host(1).fillDisk('/var/lib/etcd-snapshots')
    const run = await lab.on(three, {}, 'backup').run(['create', '--limit', 'node1'])
    await lab.host(1).freeDisk('/var/lib/etcd-snapshots')
    assert.is(run.code, 2)
    assert.match(problemsOf(run), /no space left/i)
    assert.is(readdirSync(join(lab.backups, 'lab')).length, 1)
  },
  long,
)

test(
  'a host asks an etcd of somebody else with the files that it is given; wrong ones are refused before',
  async () => {
    const read = async (path: string) => lab.host(1).must(`cat ${pki}/${path}`)
    const put = (name: string, text: string) => {
      const path = join(lab.folder, name)
      writeFileSync(path, text, { mode: 0o600 })
      return path
    }
    const files = {
      ca: put('their-ca.pem', await read('ca.pem')),
      cert: put('their-client.pem', await read('admin-node1.pem')),
      key: put('their-client-key.pem', await read('admin-node1-key.pem')),
    }
    const address = /^node1 ansible_host=(\S+)/m.exec(lab.lab.inventory)?.[1]
    const endpoints = [`https://${address}:2379`]
    const connect = (external: object) => {
      const vars = { 'etcd.type': 'external', 'etcd.external': external }
      return lab.on({ members: [], clients: [4] }, vars).run(['connect'])
    }
    const wrong = await connect({
      endpoints,
      ...files,
      key: put('other-key.pem', await read('member-node1-key.pem')),
    })
    expectCode(wrong, 2, 'Another key')
    assert.match(problemsOf(wrong), /other-key\.pem is not that of/)
    assert.is(countOf(wrong, 'changed'), 0)
    expectCode(await connect({ endpoints, ...files }), 0, 'Connecting')
    assert.is((await lab.host(4).must(`stat -c %a ${pki}/node-node4-key.pem`)).trim(), '600')
    assert.is(countOf(await connect({ endpoints, ...files }), 'changed'), 0)
  },
  long,
)

test(
  'what is no longer used is freed, and a store that was full takes keys again',
  async () => {
    const size = async () => {
      const told = await lab.host(1).must(`${ctlOn1} endpoint status -w json`)
      return Number(/"dbSize":(\d+)/.exec(told)?.[1])
    }
    const small = { 'etcd.quotaMb': '16' }
    expectCode(await lab.on(three, small).run(['create']), 0, 'A small quota')
    const full = await lab.host(1).must(`head -c 1000000 /dev/zero | tr '\\0' x > /tmp/value
for n in $(seq 1 30); do ${ctlOn1} put filler < /tmp/value > /dev/null 2>&1 || break; done; ${ctlOn1} put key value 2>&1 || true`)
    assert.match(full, /database space exceeded/)
    const before = await size()
    expectCode(await lab.on(three, small).run(['defrag']), 0, 'Freeing')
    assert.ok((await size()) < before / 2, `${await size()} after ${before}`)
    await lab.host(1).must(`${ctlOn1} put key value`)
  },
  long,
)

test(
  'the packages of the system do as well as a release',
  async () => {
    const one = { members: [4] }
    const vars = { 'etcd.method': 'package', 'cluster.name': 'packaged' }
    expectCode(await lab.on(one, vars).run(['create']), 0, 'The cluster')
    assert.equal(await membersOf(lab.on(one, vars)), { node4: `voter ${older}` })
    assert.is(countOf(await lab.on(one, vars).run(['create']), 'changed'), 0)
  },
  long,
)
