import * as assert from 'uvu/assert'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { LabGround } from '../playbooks/lab-ground.ts'
import { expectCode, PlaybookOnLab } from '../playbooks/on-lab.ts'
import { keepsLawsInTurn } from '../support/laws.ts'
import { suite } from '../support/suite.ts'

const test = suite('roles/system_tuning: names on real hosts')
const block = 'KubeXM Managed Block'
const dropIns = {
  resolved: '/etc/systemd/resolved.conf.d/10-system-tuning.conf',
  networkManager: '/etc/NetworkManager/conf.d/90-system-tuning.conf',
} as const
/** It wakes for a moment after each reload. */
const isNoise = (line: string) => line.startsWith('state NetworkManager-dispatcher.service ')
const timeoutMs = 300_000
let lab: Lab
let playbook: PlaybookOnLab
/** Both systems with a plain /etc/resolv.conf; then one with systemd-resolved, one with NetworkManager. */
let hosts: readonly [LabHost, LabHost, LabHost, LabHost]

const withResolved = [
  'apt-get install -y --no-install-recommends systemd-resolved',
  'systemctl reload dbus && systemctl restart systemd-resolved',
].join(' && ')
const withNetworkManager = `
apt-get install -y --no-install-recommends network-manager
nmcli connection add type ethernet con-name lan ifname host0 ipv4.method manual ipv6.method disabled \\
  ipv4.addresses "$(ip -4 -o addr show dev host0 | awk '{print $4}')" ipv4.dns 192.0.2.99
systemctl disable --now systemd-networkd.socket systemd-networkd.service
nmcli connection up lan
until grep -q 192.0.2.99 /etc/resolv.conf; do sleep 0.2; done`

test.before(async () => {
  lab = await createLab({ hosts: 4, os: ['bookworm', 'trixie', 'bookworm', 'trixie'] })
  playbook = new PlaybookOnLab(lab, 'playbooks/prepare.ts')
  const [first, second, third, fourth] = lab.hosts
  assert.ok(first && second && third && fourth)
  hosts = [first, second, third, fourth]
  const scripts = ['hostname other && echo other >/etc/hostname', 'true', withResolved, withNetworkManager]
  const options = { timeoutMs: 120_000 }
  await Promise.all(hosts.map((host, index) => host.must(`set -e\n${scripts[index]}`, options)))
})
test.after(() => lab.destroy())

const given = (tags: string) => [
  '--tags',
  tags,
  '-e',
  JSON.stringify({
    extra: {
      hosts: [{ domain: 'git.example.com', address: '192.0.2.9' }],
      resolves: [{ address: lab.controllerAddress }, { address: '192.0.2.53' }],
    },
  }),
]

test(
  'Names and name servers keep the four laws on both systems',
  async () => {
    const [first, second] = hosts
    const tags = given('hostname,etc-hosts,name-servers')
    await keepsLawsInTurn(new LabGround(playbook, [first, second], tags), [
      {
        title: 'names and name servers',
        repairs: [
          'hostname:own',
          'line:/etc/hosts#127.0.1.1 node1',
          `block:/etc/hosts#${block}`,
          'block:/etc/resolv.conf#name servers of the cluster',
        ],
        do: async () => {
          await first.must(`sed -i '1a 127.0.1.1 node1' /etc/hosts && hostname mine`)
          await second.must('sed -i /192.0.2.53/d /etc/resolv.conf')
          await second.must(`sed -i 's/^\\(.*\\)\\tnode1$/192.0.2.1\\tnode1/' /etc/hosts`)
        },
      },
    ])
  },
  { timeoutMs },
)

test(
  'Every host finds all others, and itself, at the address at which they find it; and a line of a human survives',
  async () => {
    const [first] = hosts
    const tags = given('hostname,etc-hosts')
    const before = await first.must('cat /etc/hosts')
    const run = await playbook.run(tags)
    expectCode(run, 0, 'the run')
    for (const asking of hosts) {
      for (const asked of hosts) {
        const found = await asking.must(`getent ahosts ${asked.name}`)
        assert.is(found.split(/\s/)[0], asked.address, `${asking.name} asks for ${asked.name}`)
      }
    }
    await first.must(`echo '192.0.2.7 printer' >>/etc/hosts`)
    const standing = await first.must('cat /etc/hosts')
    expectCode(await playbook.check(tags), 0, 'the check')
    for (const time of ['second', 'third']) {
      expectCode(await playbook.run(['--detailed-exitcode', ...tags]), 0, `the ${time} run`)
      assert.is(await first.must('cat /etc/hosts'), standing)
    }
    expectCode(await playbook.revert(run), 0, 'the revert')
    assert.is(await first.must('cat /etc/hosts'), `${before}192.0.2.7 printer\n`)
  },
  { timeoutMs },
)

test(
  'Name servers keep the four laws where systemd-resolved or NetworkManager hand them out',
  async () => {
    const [, , third, fourth] = hosts
    await keepsLawsInTurn(new LabGround(playbook, [third, fourth], given('name-servers'), isNoise), [
      {
        title: 'other servers, which were taken up',
        repairs: [
          `file:${dropIns.resolved}`,
          'unit:systemd-resolved.service',
          `file:${dropIns.networkManager}`,
          'unit:NetworkManager.service',
        ],
        do: async () => {
          await third.must(`sed -i s/192.0.2.53// ${dropIns.resolved} && systemctl restart systemd-resolved`)
          await fourth.must(`rm ${dropIns.networkManager} && systemctl reload NetworkManager`)
        },
      },
    ])
    assert.match(await fourth.must('cat /etc/resolv.conf'), /^nameserver 192\.0\.2\.99$/m)
  },
  { timeoutMs },
)
