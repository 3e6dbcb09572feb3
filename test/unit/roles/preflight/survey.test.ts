import * as assert from 'uvu/assert'
import { addressesIn } from '../../../../lib/host/facts/addresses.ts'
import { parseSurvey } from '../../../../roles/preflight/survey-text.ts'
import {
  disksIn,
  linksIn,
  resolvConfIn,
  routesIn,
  socketsIn,
} from '../../../../roles/preflight/survey-parts.ts'
import { suite } from '../../../support/suite.ts'
import { askedPaths, captured, then, withSection } from './sound.ts'

const test = suite('roles/preflight: the survey')

test('what a host of Debian 12 says is read as it is', () => {
  const survey = parseSurvey(captured, { before: then, after: then + 900 }, askedPaths)
  assert.equal(survey.os, { id: 'debian', version: '12', family: 'debian' })
  assert.is(survey.kernel.machine, 'x86_64')
  assert.is(survey.cpus, 2)
  assert.ok(survey.memoryKb > 1e6)
  assert.equal(survey.swap, { live: [], atBoot: [] })
  assert.equal([...survey.disks.keys()], askedPaths)
  assert.is(survey.disks.get('/var/lib/rancher')?.mount, '/')
  assert.is(survey.cgroup, 'v1')
  assert.is(survey.hostname, 'node1')
  assert.equal(survey.resolved, ['127.0.1.1'])
  assert.match(survey.machineId, /^[0-9a-f]{32}$/)
  assert.equal(
    survey.addresses.filter(({ global }) => global).map(({ device }) => device),
    ['host0'],
  )
  assert.is(survey.links[0]?.mtu, 1500)
  assert.equal(
    survey.routes.map(({ device }) => device),
    ['host0', 'host0'],
  )
  assert.equal(survey.units, { running: new Set(), enabled: new Set() })
  assert.equal(
    survey.sockets.map(({ port, process }) => `${port} ${process?.name}`),
    ['22 sshd', '22 sshd'],
  )
  const { servers, answers, empty } = survey.resolver
  assert.equal([servers.length, answers.get(servers[0] ?? ''), empty], [1, true, false])
  assert.equal([survey.selinux, survey.firewall], ['disabled', undefined])
  assert.ok(survey.commands.has('systemctl') && !survey.commands.has('socat'))
})

test('a clock is ahead by no less and no more than the reading can be wrong', () => {
  const seconds = (began: number, ended: number) =>
    captured.replace(/began\n\d+/, `began\n${began}`).replace(/ended\n\d+/, `ended\n${ended}`)
  const at = { before: 1000_000, after: 1002_000 }
  assert.equal(parseSurvey(seconds(1000, 1002), at, []).ahead, { least: 0, most: 1 })
  assert.equal(parseSurvey(seconds(1030, 1032), at, []).ahead, { least: 30, most: 31 })
  assert.equal(parseSurvey(seconds(940, 942), at, []).ahead, { least: -60, most: -59 })
})

test('swap counts that fstab would turn on, not what is commented there', () => {
  const fstab = '# /swap.old none swap sw 0 0\n/swap.img none swap sw 0 0\nUUID=1 / ext4 defaults 0 1\n'
  const swaps = 'Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n'
  const text = withSection(withSection(captured, 'fstab', fstab), 'swaps', swaps)
  const { swap } = parseSurvey(text, { before: then, after: then }, askedPaths)
  assert.equal(swap, { live: ['/dev/zram0'], atBoot: ['/swap.img'] })
})

test('a firewall is what is active, or rules that drop what they do not name', () => {
  const firewall = (...sections: readonly (readonly [string, string])[]) => {
    const text = sections.reduce((all, [name, content]) => withSection(all, name, content), captured)
    return parseSurvey(text, { before: then, after: then }, []).firewall
  }
  assert.is(firewall(['running', 'firewalld.service loaded active running firewalld\n']), 'firewalld')
  const dropping = 'type filter hook input priority filter; policy drop;\n'
  assert.is(firewall(['enabled', 'nftables.service\n'], ['filters', dropping]), 'nftables')
  assert.is(firewall(['ufw', 'ENABLED=yes\n']), 'ufw')
  assert.is(firewall(['ufw', 'ENABLED=no\n']), undefined)
  assert.is(
    firewall(['filters', 'type filter hook input priority filter; policy drop;\n']),
    'rules of its own',
  )
  assert.is(firewall(['filters', 'type filter hook input priority filter; policy accept;\n']), undefined)
})

test('disks are told by path, and inodes where there is a fixed number of them', () => {
  const blocks = [
    'Filesystem 1024-blocks Used Available Capacity Mounted on',
    '/dev/sda1 1000 500 500 50% /',
    '/dev/sdb1 2000 0 2000 0% /my data',
  ]
  const inodes = [
    'Filesystem Inodes IUsed IFree IUse% Mounted on',
    '/dev/sda1 200 196 4 98% /',
    '- 0 0 0 - /my data',
  ]
  const disks = disksIn(['/var', '/data'], blocks, inodes)
  assert.equal(disks.get('/var'), { mount: '/', sizeKb: 1000, freeKb: 500, freeInodes: 2 })
  assert.equal(disks.get('/data'), { mount: '/my data', sizeKb: 2000, freeKb: 2000, freeInodes: undefined })
})

test('addresses, links and routes are told with their devices', () => {
  const addresses =
    '2: eth0    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever\n' +
    '2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever\n' +
    '3: wg0    inet 10.9.0.1 peer 10.9.0.2/32 scope global wg0\n'
  assert.equal(addressesIn(addresses), [
    { device: 'eth0', address: '10.0.0.1', prefix: 24, global: true },
    { device: 'eth0', address: 'fe80::1', prefix: 64, global: false },
    { device: 'wg0', address: '10.9.0.1', prefix: 32, global: true },
  ])
  const links = 'lo 00:00:00:00:00:00 65536\neth0 82:d0:62:86:74:37 9000\ntun0 - 1500\n'
  assert.equal(linksIn(links), [{ device: 'eth0', mac: '82:d0:62:86:74:37', mtu: 9000 }])
  const routes =
    'default via 10.0.0.254 dev eth0 proto static\n10.42.7.0/24 dev eth1 scope link\nblackhole 10.43.0.0/16 proto bird\nfe80::/64 dev eth0 metric 256\n'
  assert.equal(routesIn(routes), [
    { to: 'default', device: 'eth0' },
    { to: '10.42.7.0/24', device: 'eth1' },
    { to: '10.43.0.0/16', device: '' },
    { to: 'fe80::/64', device: 'eth0' },
  ])
})

test('who listens is told by ss, and by netstat where there is no ss', () => {
  const ss =
    'udp   UNCONN 0      0            0.0.0.0:8472      0.0.0.0:*\n' +
    'tcp   LISTEN 0      4096               *:6443            *:*    users:(("k3s-server",pid=77,fd=12))\n'
  assert.equal(
    socketsIn(ss).map(({ protocol, port, process }) => `${protocol} ${port} ${process?.name}`),
    ['udp 8472 undefined', 'tcp 6443 k3s-server'],
  )
  const netstat =
    'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address Foreign Address State PID/Program name\n' +
    'tcp        0      0 0.0.0.0:6443            0.0.0.0:*               LISTEN      411/nginx\n' +
    'udp6       0      0 :::8472                 :::*                                -\n'
  assert.equal(
    socketsIn(netstat).map(
      ({ protocol, port, process }) => `${protocol} ${port} ${process?.name} ${process?.pid}`,
    ),
    ['tcp 6443 nginx 411', 'udp 8472 undefined undefined'],
  )
})

test('resolv.conf is read without its comments, and its last search counts', () => {
  const text =
    '# nameserver 1.1.1.1\nsearch a.example\n nameserver 10.0.0.53\nsearch b.example c.example ; old\n'
  const { servers, searches, empty, upstream } = resolvConfIn(text, 'nameserver 10.0.0.9\n', [])
  assert.equal(
    { servers, searches, empty, upstream },
    {
      servers: ['10.0.0.53'],
      searches: ['b.example', 'c.example'],
      empty: false,
      upstream: ['10.0.0.9'],
    },
  )
  assert.ok(resolvConfIn('# nothing\n', '', []).empty)
})
