import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { opensOfItsOwn, refusesTheRest, ruleFor } from '../../../../lib/resources/firewall/nft-rule.ts'
import { rulesetIn } from '../../../../lib/resources/firewall/ruleset.ts'
import { firewallPort, type FirewallPortArgs } from '../../../../lib/resources/firewall/firewall-port.ts'
import type { FirewallRef } from '../../../../lib/resources/firewall/state.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('ruleset')
// Captured from nft 1.0.6, after four rules of ours were inserted; nft 1.1.3 of Debian 13 prints the same.
const listing = rulesetIn(fixture('debian-12.txt'))
/** The file that was loaded before. */
const file = rulesetIn(fixture('debian-12.nft'))

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../../fixtures/nftables', name), 'utf8')
}

function chain(of: typeof listing, name: string): readonly string[] {
  return (of.chains.get(name) ?? []).map(({ text }) => text)
}

function refOf(args: FirewallPortArgs): FirewallRef {
  return firewallPort(args).ref as FirewallRef
}

test('A listing is parted into tables, chains and rules with their handles', () => {
  assert.equal(listing.tables, ['inet own', 'ip guard'])
  assert.equal([...listing.chains.keys()], ['inet own input', 'inet own forward', 'ip guard in'])
  assert.equal(listing.chains.get('ip guard in'), [
    { text: 'type filter hook input priority -5' },
    { text: 'policy accept' },
    { text: 'ip saddr 10.9.0.1 tcp dport 30000-32767 accept comment "troupe"', handle: 5 },
    { text: 'ct state 0x2,0x4 accept', handle: 2 },
    { text: 'tcp dport 22 accept', handle: 3 },
    { text: 'log prefix "refused; " counter packets 0 bytes 0 reject with icmp 13', handle: 4 },
  ])
})

test('A file is parted in the same way, however it is written', () => {
  assert.equal(file.tables, listing.tables)
  assert.equal([...file.chains.keys()], [...listing.chains.keys()])
  assert.equal(chain(file, 'inet own input').slice(0, 5), [
    'type filter hook input priority filter',
    'policy drop',
    'iif lo accept comment "ourselves; always"',
    'ct state invalid drop',
    'ct state { established, related } accept',
  ])
  const terse = rulesetIn(
    'table own { chain input { type filter hook input priority 0; policy drop; tcp dport { 22,\n80 } accept; }; }\n' +
      'add chain inet x y { policy accept; }\ninsert rule inet x y tcp dport 1 \\\n accept; add rule own input drop # }',
  )
  assert.equal(terse.tables, ['ip own'])
  assert.equal(chain(terse, 'ip own input').slice(2), ['tcp dport { 22, 80 } accept', 'drop'])
  assert.equal(chain(terse, 'inet x y'), ['policy accept', 'tcp dport 1 accept'])
})

test('A chain in the way of all that comes in refuses the rest by its policy, or by a rule', () => {
  const refusing = [...listing.chains].filter(([, said]) => refusesTheRest(said)).map(([name]) => name)
  assert.equal(refusing, ['inet own input', 'ip guard in'])
  const [first, ...rest] = [
    'type filter hook input priority 0',
    'policy accept',
    'ct state invalid drop',
    'tcp dport 25 reject',
  ].map((text) => ({ text }))
  assert.ok(first)
  assert.not(refusesTheRest([first, ...rest]))
  for (const text of [
    'counter drop',
    'reject',
    'meta l4proto 6 counter packets 0 bytes 0 reject with tcp reset',
  ])
    assert.ok(refusesTheRest([first, ...rest, { text }]), text)
  assert.not(refusesTheRest([first, ...rest, { text: 'meta l4proto 1 drop' }]))
  assert.not(refusesTheRest([{ text: 'type filter hook forward priority 0' }, { text: 'policy drop' }]))
})

test('A rule of ours is the one that nft lists again', () => {
  const ours = [
    ruleFor(refOf({ port: 53, protocol: 'udp', from: 'fd00:0:0::/64' }), '53'),
    ruleFor(refOf({ ports: ['2379-2380'], from: '10.9.0.0/24' }), '2379-2380'),
    ruleFor(refOf({ port: 6443 }), '6443'),
  ]
  assert.equal(chain(listing, 'inet own input').slice(2, 5), ours)
  assert.ok(
    chain(listing, 'ip guard in').includes(
      ruleFor(refOf({ ports: ['30000-32767'], from: '10.9.0.1' }), '30000-32767'),
    ),
  )
})

const open: readonly FirewallPortArgs[] = [
  { port: 80 },
  { port: 8080 },
  { port: 22, from: '10.4.0.0/16' },
  { ports: ['2379-2380'], from: '10.0.0.0/24' },
  { port: 2380, from: '10.0.0.0/24' },
  { port: 53, protocol: 'udp', from: 'fd00::/64' },
]
const shut: readonly FirewallPortArgs[] = [
  { port: 6443 },
  { port: 443 },
  { port: 2379 },
  { port: 80, protocol: 'udp' },
  { port: 53, protocol: 'udp' },
  { ports: ['22-80'] },
  { ports: ['2379-2381'], from: '10.0.0.0/24' },
]

test('Somebody else’s rule lets a port in when it asks for nothing but whom', () => {
  const said = listing.chains.get('inet own input') ?? []
  const isOpen = (args: FirewallPortArgs) => {
    const ref = refOf(args)
    return ref.ports.every((port) => said.some((each) => opensOfItsOwn(each, ref, port)))
  }
  for (const args of open) assert.ok(isOpen(args), JSON.stringify(args))
  for (const args of shut) assert.not(isOpen(args), JSON.stringify(args))
  const ref = refOf({ port: 22 })
  for (const text of [
    'tcp dport 22 accept comment "by hand"',
    'ct state { new, 0x2 } tcp dport 22 counter accept',
  ])
    assert.ok(opensOfItsOwn({ text }, ref, '22'), text)
  for (const text of [
    'iifname "eth1" tcp dport 22 accept',
    'ct state established tcp dport 22 accept',
    'tcp dport 22 limit rate 3/minute accept',
    'ip saddr @admins tcp dport 22 accept',
  ])
    assert.not(opensOfItsOwn({ text }, ref, '22'), text)
})
