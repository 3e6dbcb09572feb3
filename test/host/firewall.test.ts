import * as assert from 'uvu/assert'
import type { Host } from '../../lib/host/host.ts'
import { thisHolder } from '../../lib/host/lock.ts'
import { openHost } from '../../lib/host/open.ts'
import { firewallPort, noFirewall } from '../../lib/resources/firewall/index.ts'
import { kindOf, type Resource } from '../../lib/task/kind.ts'
import { TaskFailed } from '../../lib/task/outcome.ts'
import { openSession } from '../../lib/transport/kept-session.ts'
import { dialSsh } from '../../lib/transport/ssh.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { bring, stateOf } from '../support/bring.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/firewall')
const port = 6443
let lab: Lab
let guarded: Readonly<Record<keyof typeof prepare, LabHost>>
let neighbour: LabHost

const listener = [
  `systemd-run -q --unit=listener python3 -m http.server ${port}`,
  `until bash -c '</dev/tcp/127.0.0.1/${port}' 2>/dev/null; do sleep 0.1; done`,
].join('\n')
const rulesFile = '/etc/nftables.conf'
/** As a human wrote them; the second table refuses as well, by its last rule. */
const rules = `#!/usr/sbin/nft -f

flush ruleset

define admin = { 22, 80 } # both of them

table inet own {
	# What comes in.
	chain input {
		type filter hook input priority filter; policy drop;
		iif lo accept comment "ourselves"
		ct state { established, related } accept
		meta l4proto icmp accept
		tcp dport $admin accept
	}
}

table ip guard {
	chain in {
		type filter hook input priority -5;
		iif lo accept
		ct state established,related accept
		tcp dport 22 accept
		counter reject with tcp reset
	}
}
`
/** Rules of somebody else, who came after the boot. */
const kubeProxy =
  'table ip kube-proxy { chain filter-input { type filter hook input priority -110; ct state new counter; }; }'
const prepare = {
  ufw: 'apt-get install -y ufw && ufw allow 22/tcp && ufw --force enable',
  firewalld: `apt-get install -y firewalld netbase && until firewall-cmd --state; do sleep 0.2; done`,
  nftables: `apt-get install -y nftables && cat > ${rulesFile} <<'END' && systemctl enable --now nftables && nft '${kubeProxy}'\n${rules}END\n:`,
  unloaded: `apt-get install -y nftables && nft 'table inet own { chain input { type filter hook input priority 0; policy drop; iif lo accept; ct state established,related accept; tcp dport { 22, 80 } accept; }; }'`,
} as const

test.before(async () => {
  lab = await createLab({ hosts: 5 })
  const [ufw, firewalld, nftables, unloaded, other] = lab.hosts
  assert.ok(ufw && firewalld && nftables && unloaded && other)
  guarded = { ufw, firewalld, nftables, unloaded }
  neighbour = other
  for (const [name, script] of Object.entries(prepare)) {
    await guarded[name as keyof typeof prepare].must(`${script} && ${listener}`, { timeoutMs: 240_000 })
  }
})
test.after(() => lab.destroy())

async function withHost(at: LabHost, work: (host: Host) => Promise<void>): Promise<void> {
  const login = { host: at.address, port: 22, user: 'root', keyFiles: [lab.keyFile] }
  const dial = dialSsh({ ...login, knownHostsFiles: [lab.knownHostsFile] })
  const session = openSession({ title: at.name, dial })
  const { host, close } = await openHost({ name: at.name, session, holder: thisHolder('test') })
  assert.ok(host)
  try {
    await work(host)
  } finally {
    await close()
  }
}

async function letsIn(at: LabHost): Promise<boolean> {
  const { code } = await neighbour.run(`timeout 2 bash -c '</dev/tcp/${at.address}/${port}'`)
  return code === 0
}

/** What the neighbour sees before, with, and after it. */
async function seen(at: LabHost, resource: Resource): Promise<readonly boolean[]> {
  const sights = [await letsIn(at)]
  await withHost(at, async (host) => {
    const change = await bring(host, resource)
    assert.ok(change)
    sights.push(await letsIn(at))
    assert.is(await bring(host, resource), undefined, 'the second time there is still something to do')
    const { from: to } = change
    await kindOf(resource.kind).apply(host, resource.ref, { from: await stateOf(host, resource), to })
    assert.equal(await stateOf(host, resource), to)
    sights.push(await letsIn(at))
  })
  return sights
}

for (const firewall of ['ufw', 'firewalld', 'nftables'] as const) {
  test(
    `${firewall} keeps a port shut, opens it to a neighbour, and shuts it again in a revert`,
    async () => assert.equal(await seen(guarded[firewall], firewallPort({ port })), [false, true, false]),
    { timeoutMs: 420_000 },
  )

  test(
    `${firewall} opens a port to whom it is opened, and to nobody else`,
    async () => {
      const at = guarded[firewall]
      const toNeighbour = firewallPort({ port, from: neighbour.address })
      assert.equal(await seen(at, toNeighbour), [false, true, false])
      assert.equal(await seen(at, firewallPort({ port, from: '10.255.0.0/16' })), [false, false, false])
    },
    { timeoutMs: 120_000 },
  )

  test(
    `${firewall} keeps a port open over a boot`,
    async () => {
      const at = guarded[firewall]
      await withHost(at, async (host) => void (await bring(host, firewallPort({ port }))))
      await at.reboot()
      await at.must(listener)
      assert.is(await letsIn(at), true)
      await withHost(at, async (host) => {
        assert.is(await bring(host, firewallPort({ port })), undefined)
        assert.ok(await bring(host, firewallPort({ port, state: 'absent' })))
      })
      assert.is(await letsIn(at), false)
    },
    { timeoutMs: 120_000 },
  )
}

test('Rules that a human wrote are left to the letter, and those of others in the kernel stay', async () => {
  const at = guarded.nftables
  const listing = 'nft -n list ruleset | sed "s/packets [0-9]* bytes [0-9]*//"'
  await at.must(`systemctl restart nftables && nft '${kubeProxy}'`)
  const before = await at.must(listing)
  await withHost(at, async (host) => {
    await bring(host, firewallPort({ port, from: neighbour.address }))
    await bring(host, firewallPort({ ports: [80, '30000-32767'] }))
    const [file, kernel] = [await at.must(`cat ${rulesFile}`), await at.must(listing)]
    assert.ok(file.startsWith(rules), file)
    assert.equal(
      file
        .slice(rules.length)
        .split('\n')
        .filter((line) => line.startsWith('insert')),
      [
        'insert rule inet own input ip saddr NEIGHBOUR tcp dport 6443 accept comment "troupe"',
        'insert rule inet own input tcp dport 30000-32767 accept comment "troupe"',
        'insert rule inet own input tcp dport 80 accept comment "troupe"',
        'insert rule ip guard in ip saddr NEIGHBOUR tcp dport 6443 accept comment "troupe"',
        'insert rule ip guard in tcp dport 30000-32767 accept comment "troupe"',
        'insert rule ip guard in tcp dport 80 accept comment "troupe"',
      ].map((line) => line.replace('NEIGHBOUR', neighbour.address)),
    )
    assert.match(kernel, 'table ip kube-proxy')
    const handle = `nft -a list chain inet own input | sed -n '/dport ${port}/s/.*handle //p'`
    await at.must(`nft delete rule inet own input handle $(${handle})`)
    const repaired = await bring(host, firewallPort({ port, from: neighbour.address }))
    assert.equal(repaired?.from['runtime'], [`${port} in ip guard in`])
    await bring(host, firewallPort({ port, from: neighbour.address, state: 'absent' }))
    await bring(host, firewallPort({ ports: [80, '30000-32767'], state: 'absent' }))
  })
  assert.is(await at.must(`cat ${rulesFile}`), rules)
  assert.is(await at.must(listing), before)
})

test('A file that nft does not take is left as it is', async () => {
  const at = guarded.nftables
  const broken = `${rules}tabel inet x\n`
  await at.must(`echo 'tabel inet x' >> ${rulesFile}`)
  let failed: unknown
  await withHost(at, async (host) => {
    failed = await bring(host, firewallPort({ port })).catch((error: unknown) => error)
  })
  const left = await at.must(`cat ${rulesFile} && sed -i '$d' ${rulesFile}`)
  assert.is(left, broken)
  const line = broken.trimEnd().split('\n').length
  assert.instance(failed, TaskFailed)
  assert.match(String(failed), new RegExp(`of ${at.name} would not load.*\\n.*:${line}:[\\d-]+: Error`))
})

test('nftables is not stopped while others have rules in the kernel; without them it is, and comes back', async () => {
  const at = guarded.nftables
  const inactive = noFirewall().at(-1)
  assert.ok(inactive)
  await withHost(at, async (host) => {
    const failed = await bring(host, inactive).catch((error: unknown) => error)
    assert.match(failed instanceof Error ? failed.message : '', 'tables of others, too: ip kube-proxy')
    await at.must('nft delete table ip kube-proxy && nft add table ip filter')
    assert.equal(await seen(at, inactive), [false, true, false])
    assert.is(
      await at.must('systemctl is-enabled nftables && systemctl is-active nftables'),
      'enabled\nactive\n',
    )
  })
})

test('Rules that nobody looks after are left alone, with advice, unless they let the port in', () =>
  withHost(guarded.unloaded, async (host) => {
    const failed = await bring(host, firewallPort({ port })).catch((error: unknown) => error)
    assert.match(failed instanceof Error ? failed.message : '', 'drops what its own rules do not name')
    assert.is(await bring(host, firewallPort({ ports: [22, 80] })), undefined)
    assert.is(await letsIn(guarded.unloaded), false)
  }))

test('A host without a firewall has nothing to do', () =>
  withHost(neighbour, async (host) => {
    assert.is(await bring(host, firewallPort({ port })), undefined)
  }))
