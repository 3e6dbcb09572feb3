import * as assert from 'uvu/assert'
import type { Installation } from '../../../../lib/cluster/installation.ts'
import { languages } from '../../../../lib/report/language.ts'
import { checks } from '../../../../roles/preflight/checks/index.ts'
import type { Found as Answer, Way } from '../../../../roles/preflight/ways.ts'
import { checkNames } from '../../../../roles/preflight/vars.ts'
import { suite } from '../../../support/suite.ts'
import { subject, type Case } from './sound.ts'

const test = suite('roles/preflight: checks')

/** What all checks find: `class check: message`. */
function judged(wrong: Case) {
  const host = subject('node1', wrong)
  return checks.flatMap(({ name, judge }) =>
    judge(host).map(({ class: grade, message }) => ({ line: `${grade} ${name}`, message })),
  )
}

const GiB = 2 ** 20
const room = (freeKb: number, freeInodes = 90) => ({ mount: '/', sizeKb: 400 * GiB, freeKb, freeInodes })
const onEvery = (disk: ReturnType<typeof room>) => ({
  disks: new Map(['/var/lib/rancher', '/var/lib/kubelet', '/var/log', '/tmp'].map((path) => [path, disk])),
})
const socket = (port: number, name: string, protocol: 'tcp' | 'udp' = 'tcp') => ({
  sockets: [{ protocol, address: '0.0.0.0', port, process: { name, pid: 411 } }],
})
const resolver = (servers: readonly string[], more: object = {}) => ({
  resolver: { empty: false, servers, searches: [], upstream: [], answers: new Map(), ...more },
})
const standing = (found: Partial<Installation>) => ({
  installation: {
    is: 'none',
    ours: false,
    joined: false,
    units: [],
    paths: [],
    leftovers: [],
    ...found,
  } as Installation,
})
const peer = { name: 'node2', address: '10.0.0.2', ports: [] }
const way = (how: Partial<Way>): Way => ({
  peer,
  loss: 0,
  roundTripMs: 0.3,
  large: true,
  mtu: 1500,
  ports: [],
  ...how,
})
const api = (found: Answer) => [{ port: 6443, protocol: 'tcp' as const, what: 'kube-apiserver', found }]
const other = (wrong: Case = {}) => {
  const { name, roles, address, survey } = subject('node2', { address: '10.0.0.2', ...wrong })
  return { others: [{ name, roles, address, survey }] }
}
const keep = (what: string) => ({ tuning: { [what]: 'keep' } })

const cases: readonly (readonly [string, Case, string, string])[] = [
  [
    'no systemctl',
    { survey: { commands: new Set(['mount']) } },
    'fatal commands',
    'node1 has no command systemctl',
  ],
  [
    'a processor too few',
    { roles: ['server'], survey: { cpus: 1 } },
    'fatal hardware',
    'has 1 CPU, and a server needs at least 2',
  ],
  [
    'few processors',
    { roles: ['server'], survey: { cpus: 2 }, ...other() },
    'warning hardware',
    '2 CPUs: enough to be a server, but 4 or more',
  ],
  [
    'too little memory',
    { roles: ['server'], survey: { memoryKb: GiB } },
    'fatal hardware',
    '1 GB of memory, and a server needs at least 2 GB',
  ],
  [
    'little memory',
    { roles: ['server'], survey: { memoryKb: 3 * GiB }, ...other() },
    'warning hardware',
    'enough to be a server, but 8 GB or more',
  ],
  [
    'a server of kubeadm',
    {
      roles: ['server'],
      survey: { memoryKb: 3 * GiB },
      configuration: { kubernetes: { distribution: 'kubeadm' } },
    },
    'fatal hardware',
    'a server needs at least 4 GB',
  ],
  ['a full disk', { survey: onEvery(room(GiB)) }, 'fatal disk', '/ has 1 GB free, and 1.6 GB is the least'],
  ['a small disk', { survey: onEvery(room(80 * GiB)) }, 'warning disk', '/ has 80 GB free'],
  ['no inodes', { survey: onEvery(room(300 * GiB, 2)) }, 'fatal disk', '2 % of its inodes'],
  [
    'an unknown system',
    { survey: { os: { id: 'plan9', version: '4', family: 'other' } } },
    'fatal system',
    'plan9 4, is not in the support table',
  ],
  [
    'a system without updates',
    { survey: { os: { id: 'ubuntu', version: '20.04', family: 'debian' } } },
    'warning system',
    'no updates since 2025-05-31',
  ],
  [
    'a machine without programs',
    { survey: { kernel: { release: '6.1.0', machine: 'riscv64' } } },
    'fatal system',
    'no programs for riscv64',
  ],
  [
    'cgroup v1 where the kubelet refuses it',
    { survey: { cgroup: 'v1' }, configuration: { kubernetes: { version: 'v1.35.0' } } },
    'fatal kernel',
    'refuses to start on it',
  ],
  [
    'cgroup v1 where it does not yet',
    { survey: { cgroup: 'v1' } },
    'warning kernel',
    'still takes; 1.35 refuses it',
  ],
  [
    'a kernel without ip_vs',
    {
      configuration: { kubernetes: { version: 'v1.34.2', proxyMode: 'ipvs' } },
      survey: { modules: new Set(['overlay', 'br_netfilter', 'nf_conntrack', 'vxlan']) },
    },
    'fatal kernel',
    'has no ip_vs, ip_vs_rr',
  ],
  [
    'modules to load',
    {
      survey: { modules: new Set(), loadable: new Set(['overlay', 'br_netfilter', 'nf_conntrack', 'vxlan']) },
    },
    'fix kernel',
    'has not loaded overlay, br_netfilter',
  ],
  [
    'a name in upper case',
    { survey: { hostname: 'Node1' } },
    'fix hostname',
    '"Node1" of node1 is none for DNS',
  ],
  [
    'a name in upper case that is kept',
    { survey: { hostname: 'Node1' }, ...keep('hostname') },
    'fatal hostname',
    'hostnamectl',
  ],
  [
    'a name that another host has',
    { survey: { hostname: 'same' }, ...other({ survey: { hostname: 'same' } }) },
    'fix hostname',
    'and so is node2',
  ],
  [
    'a name that leads to loopback',
    { survey: { resolved: ['127.0.1.1'] } },
    'fix hostname',
    'leads to 127.0.1.1',
  ],
  [
    'a name that leads nowhere',
    { survey: { resolved: [] }, ...keep('etcHosts') },
    'fatal hostname',
    'leads to no address',
  ],
  [
    'a machine-id of another host',
    { survey: { machineId: 'x' }, ...other({ survey: { machineId: 'x' } }) },
    'fatal identity',
    'the same machine-id as node2: x',
  ],
  ['no machine-id', { survey: { machineId: '' } }, 'fatal identity', 'has no machine-id'],
  [
    'a MAC of another host',
    { ...other({ survey: { links: [{ device: 'eth0', mac: 'mac of node1', mtu: 1500 }] } }) },
    'fatal identity',
    'the same MAC as node2',
  ],
  [
    'a clock ahead',
    { survey: { ahead: { least: 30, most: 31 } } },
    'fix clock',
    '30 s ahead of the clock of this controller',
  ],
  [
    'a clock behind that nobody mends',
    { survey: { ahead: { least: -91, most: -90 } }, ...keep('timeSync') },
    'fatal clock',
    '90 s behind the clock of this controller',
  ],
  [
    'no time service',
    { survey: { units: { running: new Set(), enabled: new Set() } } },
    'fix clock',
    'No time service runs on node1',
  ],
  [
    'a foreign k3s',
    { survey: standing({ is: 'k3s', units: ['k3s.service'], paths: ['/var/lib/rancher/k3s'] }) },
    'fatal installation',
    'k3s of somebody else: k3s.service',
  ],
  [
    'half an installation',
    { survey: standing({ is: 'half', paths: ['/etc/kubernetes'] }) },
    'fatal installation',
    'half an installation: /etc/kubernetes',
  ],
  [
    'another distribution of ours',
    { survey: standing({ is: 'rke2', ours: true, units: ['rke2-server.service'] }) },
    'fatal installation',
    'rke2 of ours',
  ],
  [
    'what another tool left',
    { survey: standing({ leftovers: [{ of: 'KubeXM', at: '/etc/kubexm' }] }) },
    'warning installation',
    'KubeXM: /etc/kubexm',
  ],
  [
    'a taken port',
    { roles: ['server'], survey: socket(6443, 'nginx') },
    'fatal ports',
    'Port 6443/tcp of node1 is taken by nginx (PID 411); it is wanted for kube-apiserver',
  ],
  [
    'a taken port of UDP',
    { survey: socket(8472, 'dns', 'udp') },
    'fatal ports',
    'Port 8472/udp of node1 is taken by dns',
  ],
  [
    'a taken node port',
    { survey: socket(31_000, 'game') },
    'warning ports',
    'Port 31000/tcp of node1 is taken by game (PID 411)',
  ],
  ['no name server', { survey: resolver([]) }, 'fatal resolver', 'names no server'],
  [
    'no name server, and one to come',
    { survey: resolver([]), configuration: { extra: { resolves: [{ address: '10.0.0.53' }] } } },
    'fix resolver',
    'names no server',
  ],
  [
    'silent name servers',
    { survey: resolver(['10.0.0.53'], { answers: new Map([['10.0.0.53', false]]) }) },
    'fatal resolver',
    'answers: 10.0.0.53',
  ],
  [
    'a name server that is the host itself',
    { survey: resolver(['127.0.0.1']) },
    'fatal resolver',
    'asks only itself',
  ],
  [
    'four name servers',
    { survey: resolver(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']) },
    'warning resolver',
    '4 name servers',
  ],
  [
    'too many domains',
    { survey: resolver(['10.0.0.1'], { searches: Array.from({ length: 30 }, (_, n) => `d${n}`) }) },
    'warning resolver',
    '30 search domains',
  ],
  ['SELinux', { survey: { selinux: 'enforcing' } }, 'fix selinux', 'SELinux is enforcing on node1'],
  [
    'SELinux that is kept',
    { survey: { selinux: 'enforcing' }, ...keep('selinux') },
    'warning selinux',
    'container-selinux',
  ],
  [
    'a firewall to open',
    { survey: { firewall: 'firewalld' } },
    'fix firewall',
    'A firewall is active on node1: firewalld',
  ],
  [
    'a firewall that is kept',
    { survey: { firewall: 'ufw' }, ...keep('firewall') },
    'warning firewall',
    'let the ports of the cluster in yourself',
  ],
  [
    'swap',
    { survey: { swap: { live: ['/dev/zram0'], atBoot: ['/swap.img'] } } },
    'fix swap',
    '/dev/zram0, /swap.img',
  ],
  [
    'swap that is kept',
    { survey: { swap: { live: [], atBoot: ['/swap.img'] } }, ...keep('swap') },
    'warning swap',
    'failSwapOn',
  ],
  [
    'a route into the pods',
    { survey: { routes: [{ to: '10.42.7.0/24', device: 'eth1' }] } },
    'fatal networks',
    '10.42.0.0/16, overlaps with 10.42.7.0/24 on eth1',
  ],
  [
    'pods within the services',
    { configuration: { network: { podCidr: '10.43.8.0/24' } } },
    'fatal networks',
    'overlaps with the services, 10.43.0.0/16',
  ],
  [
    'a VIP that a stranger has',
    { vip: { address: '10.0.0.100', owner: '02:00:00:00:00:99' } },
    'fatal vip',
    '10.0.0.100 of the load balancer already: 02:00:00:00:00:99',
  ],
  [
    'a VIP that is the address of a host',
    { vip: { address: '10.0.0.2', owner: undefined }, ...other() },
    'fatal vip',
    'already: node2',
  ],
  [
    'one port for two',
    { roles: ['server', 'lb'], configuration: { loadBalancer: { type: 'haproxy' } } },
    'fatal loadBalancer',
    'both want port 6443',
  ],
  [
    'versions that do not fit',
    {
      configuration: {
        kubernetes: { version: 'v1.34.2', distribution: 'kubeadm' },
        etcd: { version: '3.4.1' },
      },
    },
    'fatal versions',
    'etcd',
  ],
  [
    'a host that is silent',
    { ways: [way({ loss: 100, ports: api('silent') })] },
    'fatal reachability',
    'node2 cannot be reached at all',
  ],
  [
    'a host that only drops pings',
    { ways: [way({ loss: 100 })] },
    'warning reachability',
    'node2 cannot be reached at all',
  ],
  [
    'a port that is shut',
    { ways: [way({ ports: api('silent') })], ...other() },
    'fatal reachability',
    '6443/tcp (kube-apiserver) of node2 cannot be reached: no answer',
  ],
  [
    'a port that our task opens',
    { ways: [way({ ports: api('denied') })], ...other({ survey: { firewall: 'ufw' } }) },
    'fix reachability',
    'Let the ports of the cluster in',
  ],
  [
    'a slow way between members of etcd',
    { roles: ['server'], ways: [way({ roundTripMs: 12.34 })], ...other({ roles: ['server'] }) },
    'warning latency',
    'takes 12.3 ms',
  ],
  ['lost packets', { ways: [way({ loss: 33.3333 })] }, 'warning latency', '33 % of the packets'],
  [
    'large packets that are lost',
    { ways: [way({ large: false })] },
    'warning mtu',
    'packets of 1500 bytes do not arrive',
  ],
]

test('with a sound host nothing is wrong, whatever it is', () => {
  for (const roles of [[], ['server'], ['agent'], ['etcd'], ['lb', 'registry']] as const) {
    assert.equal(
      judged({ roles, ways: [way({ ports: api('refused') })] }).map(
        ({ line, message }) => `${line} ${message.en.message}`,
      ),
      [],
    )
  }
})

for (const [title, wrong, line, words] of cases) {
  test(`${title}: ${line}`, () => {
    const found = judged(wrong)
    const [first] = found.filter((each) => each.line === line)
    assert.ok(first, `found: ${JSON.stringify(found)}`)
    assert.equal(
      [...new Set(found.map((each) => each.line.split(' ')[1]))],
      [line.split(' ')[1]],
      'nothing else is wrong',
    )
    const { en } = first.message
    const said = `${en.message} ${en.advice} ${en.found}`
    assert.ok(said.includes(words), said)
  })
}

test('a system that is too old in several ways is told of each', () => {
  const survey = {
    os: { id: 'centos', version: '7', family: 'redhat' },
    kernel: { release: '3.10.0-1160.el7.x86_64', machine: 'x86_64' },
    cgroup: 'v1',
  } as const
  assert.equal(
    judged({ survey }).map(({ line, message }) => `${line}: ${message.en.found}`),
    ['warning system: centos 7', 'fatal kernel: 3.10.0-1160.el7.x86_64', 'warning kernel: cgroup v1'],
  )
})

test('rules of its own are nothing that a task opens', () => {
  const [found] = judged({ survey: { firewall: 'rules of its own' } })
  assert.is(found?.line, 'warning firewall')
})

test('every language tells of the host, and of what was found and wanted', () => {
  for (const [title, wrong] of cases) {
    for (const { message } of judged(wrong)) {
      for (const language of languages) {
        const { found, wanted, message: said, advice } = message[language]
        assert.ok(said.includes('node1'), `${title}: ${said}`)
        for (const text of [found, wanted, said, advice]) {
          assert.ok(text !== '' && !/undefined|NaN|\[object/.test(text), `${title}: ${text}`)
        }
      }
      assert.match(message.zh.message, /\p{Script=Han}/u)
      assert.not.match(message.en.message, /\p{Script=Han}/u)
    }
  }
})

test('every check but that of contact is one of these, and each finds something', () => {
  const named = checks.map(({ name }) => name)
  assert.equal([...named, 'connectivity'].toSorted(), [...checkNames].toSorted())
  const finding = new Set(cases.map(([, , line]) => line.split(' ')[1]))
  assert.equal(
    named.filter((name) => !finding.has(name)),
    [],
  )
})

test('what a time service may be wrong by in whole seconds is not held against a host', () => {
  assert.equal(judged({ survey: { ahead: { least: 4.2, most: 6.1 } } }), [])
})

test('whoever takes packets of UDP says nothing, so that silence is no fault where somebody listens', () => {
  const vxlan = [{ port: 8472, protocol: 'udp' as const, what: 'vxlan', found: 'silent' as const }]
  const ways = [way({ ports: vxlan })]
  assert.equal(judged({ ways, ...other({ survey: socket(8472, 'vxlan', 'udp') }) }), [])
  assert.is(judged({ ways, ...other() })[0]?.line, 'warning reachability')
})

test("an address that moves between our own hosts is nobody else's", () => {
  const vip = { address: '10.0.0.100', owner: 'mac of node2' }
  const has = (...addresses: readonly string[]) =>
    addresses.map((address) => ({ device: 'eth0', address, prefix: 24, global: true }))
  assert.equal(
    judged({ vip, ...other({ roles: ['lb'], survey: { addresses: has('10.0.0.2', '10.0.0.100') } }) }),
    [],
  )
  assert.is(
    judged({ vip, ...other({ survey: { addresses: has('10.0.0.2', '10.0.0.100') } }) })[0]?.line,
    'fatal vip',
  )
})
