import * as assert from 'uvu/assert'
import { clusterNames, etcHosts } from '../../../../roles/system_tuning/tasks/etc-hosts.ts'
import type { FakeHost } from '../../../support/fake-host.ts'
import { FakeGround } from '../../../support/fake-ground.ts'
import { FakeCluster, type FakeRunOptions } from '../../../support/fake-run.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { given, hostWith, roleOf, troubleIn } from './one-task.ts'
import { families, type Family } from './tuned.ts'

const test = suite('roles/system_tuning: etc-hosts')
const path = '/etc/hosts'
const blockId = `block:${path}#KubeXM Managed Block`
const role = roleOf(async (context) => etcHosts(context, await clusterNames(context)))

const whole = {
  ...given(
    {},
    {
      cluster: { endpoint: 'api.example.com:6443' },
      registry: { type: 'registry', privateRegistry: 'registry.example.com' },
      extra: { hosts: [{ domain: 'git.example.com', address: '10.9.9.9' }] },
    },
  ),
  groups: { server: ['node1'], agent: ['node2'], registry: ['node2'] },
} satisfies FakeRunOptions

const block = [
  '# BEGIN KubeXM Managed Block',
  '10.0.0.1\tnode1',
  '10.0.0.2\tnode2',
  '10.0.0.2\tregistry.example.com',
  '10.0.0.1\tapi.example.com',
  '10.9.9.9\tgit.example.com',
  '# END KubeXM Managed Block',
  '',
].join('\n')

function twoHosts(family?: Family): readonly [FakeHost, FakeHost] {
  return [hostWith('node1', '10.0.0.1', family), hostWith('node2', '10.0.0.2', family)]
}

/** What /etc/hosts of the first of two hosts comes to. */
async function hostsAfter(options: FakeRunOptions, text: string): Promise<string> {
  const [host, other] = twoHosts()
  host.files.write(path, text)
  const run = await new FakeCluster([host, other]).run(role, options)
  assert.equal(troubleIn(run), '')
  return host.files.read(path) ?? ''
}

for (const family of families) {
  test(`It keeps the four laws on ${family}`, () =>
    keepsLaws(
      () => new FakeGround(new FakeCluster(twoHosts(family)), role, whole),
      ({ host }): readonly Damage[] => {
        const edit = (from: string | RegExp, to: string) => () =>
          host.files.write(path, (host.files.read(path) ?? '').replace(from, to))
        return [
          { title: 'an edited line', repairs: [blockId], do: edit('10.0.0.2\tnode2', '10.0.0.3\tnode2') },
          { title: 'no block', repairs: [blockId], do: edit(block, '') },
          {
            title: 'the name on the loopback again',
            repairs: [`line:${path}#127.0.1.1 node1`],
            do: edit('127.0.0.1\tlocalhost\n', '127.0.0.1\tlocalhost\n127.0.1.1 node1\n'),
          },
        ]
      },
    ))
}

test('The names of all hosts, the registry, the API and extra.hosts come to stand after what stands there', async () => {
  assert.is(await hostsAfter(whole, '127.0.0.1 localhost'), `127.0.0.1 localhost\n${block}`)
})

test('A host without the file gets one, which goes again', async () => {
  const [host, other] = twoHosts()
  const cluster = new FakeCluster([host, other])
  host.files.remove(path)
  const before = host.snapshot()
  const { directory } = await cluster.run(role, whole)
  assert.match(host.files.read(path) ?? '', /^127\.0\.0\.1\tlocalhost\n::1\tlocalhost .*\n# BEGIN/)
  await cluster.revert(directory, role, whole)
  assert.equal(host.snapshot(), before)
})

test('A block of the tool before this one is taken over where it stands', async () => {
  const old = '# BEGIN KubeXM Managed Block\n10.0.0.7 node1\n# END KubeXM Managed Block\n'
  assert.is(await hostsAfter(whole, `${old}10.5.5.5 mine\n`), `${block}10.5.5.5 mine\n`)
})

test('The host finds itself at the address of the others: only its names leave the loopback', async () => {
  const text =
    '127.0.0.1 localhost Node1 # here\n127.0.1.1 node1\n::1 localhost node1\n127.0.0.1 other.example.com\n'
  assert.is(
    await hostsAfter(whole, text),
    `127.0.0.1\tlocalhost # here\n::1\tlocalhost\n127.0.0.1 other.example.com\n${block}`,
  )
})

test('The registry has no name of ours where it is one of somebody else; nor has an API with several servers', async () => {
  const options = {
    ...given(
      {},
      {
        cluster: { endpoint: 'api.example.com:6443' },
        registry: { type: 'external', privateRegistry: 'registry.example.com' },
      },
    ),
    groups: { server: ['node1', 'node2'], registry: ['node2'] },
  }
  assert.not.match(await hostsAfter(options, ''), /example/)
})

test('The API is where the address is that moves', async () => {
  const options = {
    ...given(
      {},
      { cluster: { endpoint: 'api.example.com:6443' }, loadBalancer: { type: 'haproxy', vip: '10.0.0.100' } },
    ),
    groups: { server: ['node1', 'node2'] },
  }
  assert.match(await hostsAfter(options, ''), '10.0.0.100\tapi.example.com\n')
})

test('A host that keeps its name is known by that, too, unless it has none', async () => {
  const [host, other] = twoHosts()
  other.files.write('/proc/sys/kernel/hostname', 'Theirs\n')
  host.files.write('/proc/sys/kernel/hostname', 'localhost\n')
  await new FakeCluster([host, other]).run(role, given({ hostname: 'keep' }))
  assert.match(host.files.read(path) ?? '', '10.0.0.1\tnode1\n10.0.0.2\tnode2\n10.0.0.2\ttheirs\n#')
})

test('A host that is off stays in the block as it is known, and its name is learnt anew when it is back', async () => {
  const [host, other] = twoHosts()
  const cluster = new FakeCluster([host, other, hostWith('node3', '10.0.0.3')])
  const options = { ...whole, groups: { ...whole.groups, agent: ['node2', 'node3'] } }
  await cluster.run(role, options)
  cluster.off.add('node2').add('node3')
  other.on('ip -4 -o addr show scope global', '2: eth0    inet 10.0.0.22/24 scope global eth0\n')
  await cluster.run(role, { ...options, limit: ['node1'] })
  assert.match(
    host.files.read(path) ?? '',
    '10.0.0.2\tnode2\n10.0.0.3\tnode3\n10.0.0.2\tregistry.example.com\n',
  )
  cluster.off.delete('node2')
  await cluster.run(role, { ...options, limit: ['node1'] })
  assert.match(
    host.files.read(path) ?? '',
    '10.0.0.22\tnode2\n10.0.0.3\tnode3\n10.0.0.22\tregistry.example.com\n',
  )
})

test('A host that is off and was never seen is known by the address under which it is worked on, if there is one', async () => {
  const [host, other] = twoHosts()
  const cluster = new FakeCluster([host, other, hostWith('node3')])
  cluster.off.add('node2').add('node3')
  const member: FakeRunOptions['member'] = (name) => {
    return {
      ...whole.member?.(name),
      vars: { ansible_host: name === 'node2' ? '10.0.0.99' : 'node3.example.com' },
    }
  }
  await cluster.run(role, { ...given({}), member, limit: ['node1'] })
  const text = host.files.read(path) ?? ''
  assert.match(text, '10.0.0.1\tnode1\n10.0.0.99\tnode2\n# END')
})

test('A host without a name in the inventory is known by its own, also while it is off', async () => {
  const [host, other] = [hostWith('node1'), hostWith('10.0.0.2', '10.0.0.2')]
  other.files.write('/proc/sys/kernel/hostname', 'theirs\n')
  const cluster = new FakeCluster([host, other])
  for (const limit of [['node1', '10.0.0.2'], ['node1']]) {
    await cluster.run(role, { ...given({}), limit })
    assert.match(
      host.files.read(path) ?? '',
      'KubeXM Managed Block\n10.0.0.1\tnode1\n10.0.0.2\ttheirs\n# END',
    )
    cluster.off.add('10.0.0.2')
  }
})

test('A host that leaves the inventory leaves the block of all others, and a line of a human stays through it all', async () => {
  const hosts = [...twoHosts(), hostWith('node3', '10.0.0.3')]
  const cluster = new FakeCluster(hosts)
  await cluster.run(role, whole)
  const [host] = hosts
  assert.ok(host)
  host.files.write(path, `${host.files.read(path)}10.7.7.7 printer\n`)
  const { directory } = await cluster.run(role, {
    ...whole,
    inventory: ['node1', 'node2'],
    limit: ['node1', 'node2'],
  })
  assert.not.match(host.files.read(path) ?? '', 'node3')
  assert.match(host.files.read(path) ?? '', /^10\.7\.7\.7 printer$/m)
  await cluster.revert(directory, role, whole)
  assert.match(host.files.read(path) ?? '', /node3[^]*\n10\.7\.7\.7 printer\n$/)
})

test('Thirty hosts are asked once each', async () => {
  const hosts = Array.from({ length: 30 }, (_, index) => hostWith(`node${index + 1}`, `10.0.0.${index + 1}`))
  await new FakeCluster(hosts).run(role, { ...given({}), forks: 30 })
  const asked = hosts.map(({ traffic }) => traffic.commands.filter((text) => text.startsWith('ip ')).length)
  assert.equal(new Set(asked), new Set([1]))
})

const conflicts = {
  'extra.hosts with itself': {
    extra: {
      hosts: [
        { domain: 'git.example.com', address: '10.9.9.9' },
        { domain: 'git.example.com', address: '10.9.9.8' },
      ],
    },
  },
  'extra.hosts with the inventory': { extra: { hosts: [{ domain: 'node2', address: '10.9.9.9' }] } },
  'extra.hosts with the registry': {
    registry: { type: 'harbor', privateRegistry: 'registry.example.com' },
    extra: { hosts: [{ domain: 'registry.example.com', address: '10.9.9.9' }] },
  },
}
const told: Readonly<Record<keyof typeof conflicts, string>> = {
  'extra.hosts with itself': 'git.example.com is 10.9.9.9 by extra.hosts, and 10.9.9.8 by extra.hosts.',
  'extra.hosts with the inventory': 'node2 is 10.0.0.2 by the inventory, and 10.9.9.9 by extra.hosts.',
  'extra.hosts with the registry':
    'registry.example.com is 10.0.0.2 by registry.privateRegistry, and 10.9.9.9 by extra.hosts.',
}
for (const [title, shared] of Object.entries(conflicts)) {
  test(`A name with two addresses is refused before anything is written: ${title}`, async () => {
    const cluster = new FakeCluster(twoHosts())
    const before = cluster.hosts.map((host) => host.snapshot())
    const run = await cluster.run(role, { ...given({}, shared), groups: whole.groups })
    assert.match(troubleIn(run), `"class":"fatal"`)
    assert.match(troubleIn(run), told[title as keyof typeof told])
    assert.match(troubleIn(run), 'Take one of the two away')
    assert.equal(
      cluster.hosts.map((host) => host.snapshot()),
      before,
    )
  })
}

test('A line of somebody else with another address is refused by name, and one with the same is not', async () => {
  const [host, other] = twoHosts()
  host.files.write(path, '10.5.5.5 node2.example.com NODE2\n')
  const run = await new FakeCluster([host, other]).run(role, whole)
  const line = String.raw`the line \"10.5.5.5 node2.example.com NODE2\" of /etc/hosts`
  assert.match(troubleIn(run), `node2 is 10.0.0.2 by the inventory, and 10.5.5.5 by ${line}.`)
  await hostsAfter(whole, '10.0.0.2 node2\nfd00::2 node2\n')
})

test('What others have on their loopback is not for the host to take away', async () => {
  const [host, other] = twoHosts()
  host.files.write(path, '127.0.0.1 localhost registry.example.com\n')
  const run = await new FakeCluster([host, other]).run(role, whole)
  assert.match(
    troubleIn(run),
    'registry.example.com is 10.0.0.2 by registry.privateRegistry, and 127.0.0.1 by',
  )
})

test('Nothing is looked at where the file is kept', async () => {
  const [host, other] = twoHosts()
  const run = await new FakeCluster([host, other]).run(role, { ...whole, ...given({ etcHosts: 'keep' }) })
  assert.equal(run.tasks, {})
})
