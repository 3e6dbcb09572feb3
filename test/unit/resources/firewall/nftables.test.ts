import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { firewallPort } from '../../../../lib/resources/firewall/firewall-port.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { TaskFailed } from '../../../../lib/task/outcome.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { kernelRules } from '../../../support/fake-host/nft.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { table, withNftables } from '../../../support/nftables.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('nftables')
const api = firewallPort({ port: 6443 })
const peers = firewallPort({ ports: ['2379-2380', 9100], from: '10.0.0.0/24' })

const human = `#!/usr/sbin/nft -f\nflush ruleset\n# for all\n${table('inet own', 'tcp dport { 22, 80 } accept')}`

test('nftables lets a port in now and from the next load on, and refuses it again after a revert', async () => {
  await keepsContract({ host: withNftables({ text: human }), resource: api })
  const host = withNftables({ text: human })
  await bring(host, api)
  assert.match(
    host.files.read(kernelRules) ?? '',
    'policy drop;\n\t\ttcp dport 6443 accept comment "troupe" # handle 1\n',
  )
  assert.is(
    host.files.read('/etc/nftables.conf'),
    `${human}# BEGIN ports opened by troupe\ninsert rule inet own input tcp dport 6443 accept comment "troupe"\n# END ports opened by troupe\n`,
  )
})

test('Ports for one network, and a file without a newline at its end', () =>
  keepsContract({ host: withNftables({ text: human.trimEnd() }), resource: peers }))

test('What an earlier run opened now only, or in the file only, is made up for', async () => {
  const done = withNftables({ text: human })
  await bring(done, api)
  const [text = '', kernel = ''] = [done.files.read('/etc/nftables.conf'), done.files.read(kernelRules)]
  await keepsContract({ host: withNftables({ text, kernel: human }), resource: api })
  await keepsContract({ host: withNftables({ text: human, kernel }), resource: api })
})

test('Every chain that refuses is opened, but for those of the other kind of address', async () => {
  const text = table('ip4') + table('ip6 six') + table('inet both') + table('arp questions')
  await keepsContract({ host: withNftables({ text: text.replace('ip4', 'ip four') }), resource: api })
  const host = withNftables({ text: text.replace('ip4', 'ip four') })
  const { chains } = await stateOf(host, peers)
  assert.equal(chains, ['ip four input', 'inet both input'])
  const six = await stateOf(host, firewallPort({ port: 1, from: 'fd00::/64' }))
  assert.equal(six['chains'], ['ip6 six input', 'inet both input'])
})

test('A chain for the other kind of address alone refuses nothing', async () => {
  assert.equal(await stateOf(withNftables({ text: table('ip6 six') }), peers), { is: 'no firewall' })
})

test('Several openings share one block, and each goes alone', async () => {
  const host = withNftables({ text: human })
  await bring(host, peers)
  const change = await bring(host, api)
  assert.ok(change)
  const { lines, own } = blockIn(host)
  assert.equal(own, [...own].toSorted())
  assert.is(own.length, 3)
  await kindOf('firewallPort').apply(host, api.ref, { from: change.to, to: change.from })
  assert.equal(blockIn(host), { lines: lines - 1, own: own.filter((line) => !line.includes('6443')) })
})

function blockIn(host: FakeHost): { readonly lines: number; readonly own: readonly string[] } {
  const lines = (host.files.read('/etc/nftables.conf') ?? '').split('\n')
  return { lines: lines.length, own: lines.filter((line) => line.startsWith('insert')) }
}

test('What a human lets in is open, and stays when openings are taken away', async () => {
  const host = withNftables({ text: human })
  assert.is(await bring(host, firewallPort({ ports: [22, 80] })), undefined)
  assert.is(await bring(host, firewallPort({ ports: [22, 80], state: 'absent' })), undefined)
  await bring(host, firewallPort({ ports: [22, 6443] }))
  assert.is(blockIn(host).own.length, 1)
  const absent = firewallPort({ ports: [22, 6443], state: 'absent' })
  await keepsContract({ host: host.clone(), resource: absent })
  await bring(host, absent)
  assert.is(host.files.read('/etc/nftables.conf'), human)
  assert.is(host.files.read(kernelRules), human)
})

test('What a human lets in only until the next load gets a rule of ours in the file alone', async () => {
  const host = withNftables({ text: human, kernel: human.replace('80', '80, 6443') })
  await keepsContract({ host, resource: api })
  const change = await bring(host, api)
  assert.equal(change?.to['runtime'], [])
  assert.equal(change?.to['permanent'], ['6443 in inet own input'])
})

test('Rules stand where the unit says, also in files that its file names', async () => {
  const file = '/etc/sysconfig/nftables.conf'
  const host = withNftables({
    file,
    text: '# include "/etc/none.nft"\ninclude "nftables/*.nft"\n',
    kernel: human,
  })
  host.on(/cat nftables\/\*\.nft/, human)
  host.onChange(/^nft -c/, '')
  await bring(host, api)
  assert.match(host.files.read(file) ?? '', 'tcp dport 6443')
})

async function refusal(host: FakeHost): Promise<TaskFailed> {
  const failed = await bring(host, api).catch((error: unknown) => error)
  if (failed instanceof TaskFailed) return failed
  throw failed ?? new Error('It was not refused.')
}

test('A file that would not load is left as it is', async () => {
  const host = withNftables({ text: human })
  host.onChange(/^nft -c/, { code: 1, stderr: '/dev/stdin:3:1-5: Error: syntax error\n' })
  const before = host.snapshot()
  const failed = await refusal(host)
  assert.match(failed.message, /\/etc\/nftables\.conf of a would not load.*\n.*syntax error/)
  assert.equal(host.snapshot(), before)
})

test('Rules that nftables.service does not load are refused with advice, and not added to', async () => {
  const bare = new FakeHost('a')
  bare.files.write(kernelRules, human)
  const others = [
    bare,
    withNftables({ text: human, enabled: false, running: false }),
    withNftables({ text: table('inet another'), kernel: human }),
    withNftables({ text: human, kernel: human + table('ip filter') }),
  ]
  for (const host of others) {
    const failed = await refusal(host)
    assert.match(failed.message, '6443/tcp is not among that')
    assert.match(failed.advice ?? '', /has the chain (?:inet own|ip filter) input: write it there/)
    assert.equal(host.traffic.writes, [])
    assert.is(await bring(host, firewallPort({ port: 6443, state: 'absent' })), undefined)
  }
  assert.is(await bring(bare, firewallPort({ ports: [22, 80] })), undefined)
  await rejects(() => bring(bare, firewallPort({ ports: [22, 81] })), /drops/)
})

test('Rules that let in what they do not name are no firewall', async () => {
  const host = withNftables({ text: human.replace('policy drop', 'policy accept') })
  assert.equal(await stateOf(host, api), { is: 'no firewall' })
})

test('Many ports are read and moved with as many commands as one', async () => {
  const commandsFor = async (ports: readonly number[]) => {
    const host = withNftables({ text: human })
    await bring(host, firewallPort({ ports }))
    return host.traffic.commands
  }
  assert.equal(await commandsFor([1, 2, 3, 4]), await commandsFor([1]))
})
