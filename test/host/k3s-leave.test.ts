import * as assert from 'uvu/assert'
import type { StampedEvent } from '../../lib/report/events.ts'
import { diffFingerprints, type Fingerprint } from '../lab/fingerprint.ts'
import { waitFor } from '../lab/wait.ts'
import { withoutLeftovers, withoutOurs } from '../playbooks/aftermath.ts'
import { K3sLab } from '../playbooks/k3s-lab.ts'
import { countOf, expectCode, type PlaybookOnLab } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'
import type { TroupeRun } from '../support/troupe.ts'

/** The program is the stand-in for k3s; hosts, systemd, processes, mounts and links are real. */
const test = suite('nodes that leave a cluster of the stand-in for k3s')
const timeoutMs = 300_000
const vars = { 'cluster.name': 'red' }

let lab: K3sLab
let before: readonly Fingerprint[]
let install: PlaybookOnLab

test.before(async () => {
  lab = await K3sLab.create({ hosts: 4 })
  await Promise.all(lab.lab.hosts.map((host) => host.must(iptables)))
  before = await fingerprints()
  install = lab.playbook('install', lab.inventory({ servers: 3, agents: 1 }, vars))
  expectCode(await install.run(), 0, 'The install')
})
test.after(() => lab[Symbol.asyncDispose]())

const playbook = (name: string) => install.with({ name: `playbooks/${name}.ts` })
const remove = (node: string, ...more: readonly string[]) =>
  playbook('remove_node').run(['-e', `node=${node}`, '--timeout', '2', ...more])
const gone = ['-e', 'node_is_gone=true']

test(
  'an agent leaves: its containers, mounts, links and rules go, the rules and networks of others stay',
  async () => {
    assert.match((await playbook('remove_node').run()).stderr, /not said which node/)
    assert.is((await remove('node9')).code, 1)
    const host = lab.host(4)
    await host.must(containers)
    const running = await fingerprints()
    const check = await remove('node4', '--check')
    expectCode(check, 0, 'The check')
    assert.equal(await fingerprints(), running)
    const run = await remove('node4')
    expectCode(run, 0, 'The removal')
    assert.equal(changedBy(check), changedBy(run))
    assert.match(saysOf(run), /Take node4 out of the inventory/)
    assert.match(saysOf(run), /\/etc\/cni\/net\.d stays on node4/)
    assert.is(await nodes(), 'node1 node2 node3')
    assert.is(await host.must('rm -r /etc/cni; cat /srv/rules'), '-A INPUT -j ACCEPT\n')
    await host.must(': > /srv/rules')
    assert.equal(
      (await leftovers())[3]?.filter((line) => !line.includes('/etc/hosts')),
      [],
    )
    await hasNothingToDo(remove('node4'))
  },
  { timeoutMs },
)

test(
  'a server that is off is removed only when that is said, and a healthy one not below quorum',
  async () => {
    await lab.host(3).powerOff()
    await notReady('node3')
    const refused = await remove('node3')
    assert.is(refused.code, 4)
    assert.match(saysOf(refused), /node_is_gone=true/)
    const harmful = await remove('node2')
    expectCode(harmful, 2, 'A removal below quorum')
    assert.match(saysOf(harmful), /1 of 2 members of etcd ready without node2; down: node3/)
    assert.is(await nodes(), 'node1 node2 node3')
    expectCode(await remove('node3', ...gone), 0, 'The removal of what is off')
    assert.is(await nodes(), 'node1 node2')
    await hasNothingToDo(remove('node3', ...gone))
  },
  { timeoutMs },
)

test(
  'it is added anew; killed in its midst, a removal is completed by the next',
  async () => {
    await lab.host(3).powerOn()
    expectCode(await playbook('add_node').run(['--limit', 'node3']), 0, 'The addition')
    assert.is(await nodes(), 'node1 node2 node3')
    const stopped = (event: StampedEvent) =>
      event.type === 'resource' && event.kind === 'noInstallation' && event.status === 'changed'
    await playbook('remove_node').killed(stopped, ['-e', 'node=node3'])
    assert.match(await lab.host(1).must('k3s kubectl get node node3 -o json'), '"troupe.dev/drained-by"')
    expectCode(await remove('node3'), 0, 'The removal')
    assert.is(await nodes(), 'node1 node2')
    assert.is((await lab.host(3).run('ls -d /var/lib/rancher /etc/rancher')).stdout, '')
  },
  { timeoutMs },
)

test(
  'of two servers one can go, and a new one is not added where there is no cluster',
  async () => {
    expectCode(await remove('node2'), 0, 'The removal of one of two')
    assert.is(await nodes(), 'node1')
    const last = await remove('node1')
    assert.is(last.code, 2)
    assert.match(saysOf(last), /no server that serves|no other server/)
  },
  { timeoutMs },
)

test(
  'a reset wants to hear the name, then puts every host back; after it nothing is to be joined',
  async () => {
    const running = await fingerprints()
    assert.is((await playbook('reset').run()).code, 1)
    assert.is((await playbook('reset').run(['-e', 'confirm=blue'])).code, 1)
    expectCode(await playbook('reset').check(), 0, 'The check')
    assert.equal(await fingerprints(), running)
    const confirmed = ['-e', 'confirm=red']
    expectCode(await playbook('reset').run(confirmed), 0, 'The reset')
    assert.equal(await leftovers(), [[], [], [], []])
    await hasNothingToDo(playbook('reset').run(confirmed))
    const alone = await playbook('add_node').run()
    expectCode(alone, 2, 'An addition to nothing')
    assert.match(saysOf(alone), /no cluster of k3s to add a node to/)
  },
  { timeoutMs },
)

test(
  'a revert of an install ends what runs and puts every host back; what nobody can make again is set aside',
  async () => {
    const run = await install.run()
    expectCode(run, 0, 'The install')
    await lab.host(4).must(containers)
    const revert = await install.revert(run)
    expectCode(revert, 0, 'The revert')
    await lab.host(4).must('rm -r /etc/cni; : > /srv/rules')
    const left = (await leftovers()).map((lines) => lines.filter((line) => !line.includes('k3s-set-aside-')))
    assert.equal(left, [
      ['+ path /var/lib/rancher dir 0755 0:0'],
      ['+ path /var/lib/rancher dir 0755 0:0'],
      ['+ path /var/lib/rancher dir 0755 0:0'],
      [],
    ])
    assert.match(revert.stdout, /var\/lib\/rancher\/k3s\/server is kept as/)
    const aside = await lab.host(1).must('stat -c %a /var/lib/rancher/k3s-set-aside-*; ls /var/lib/rancher/*')
    assert.equal(aside.trim().split('\n'), ['700', 'server'])
    expectCode(await install.run(), 0, 'The install after it')
    assert.is(await nodes(), 'node1 node2 node3 node4')
  },
  { timeoutMs },
)

/** Two programs in the place of iptables: rules are the lines of a file. */
const iptables = `
printf '#!/bin/sh\ncat /srv/rules\n' > /usr/local/sbin/iptables-save
printf '#!/bin/sh\ncat > /srv/rules\n' > /usr/local/sbin/iptables-restore
chmod 755 /usr/local/sbin/iptables-*; : > /srv/rules`

/** What a node that runs containers has: a shim and what it started, a volume, links, a network, rules. */
const containers = `
bin=/var/lib/rancher/k3s/data/current/bin
mkdir -p $bin /var/lib/kubelet/pods/a/volume /etc/cni/net.d
cp /bin/sh $bin/containerd-shim
setsid $bin/containerd-shim -c 'sleep 4321 & wait' < /dev/null > /dev/null 2>&1 &
mount -t tmpfs none '/var/lib/kubelet/pods/a/volume'
ip link add cni0 type bridge
ip link add flannel.1 type vxlan id 1 dstport 8472
ip netns add cni-1234
echo '{}' > /etc/cni/net.d/10-flannel.conflist
echo '{}' > /etc/cni/net.d/87-podman.conflist
printf '%s\n' '-A INPUT -j ACCEPT' '-A KUBE-SERVICES -j DROP' > /srv/rules`

async function fingerprints(): Promise<readonly Fingerprint[]> {
  return Promise.all(
    lab.lab.hosts.map(async (host) => withoutLeftovers(withoutOurs(await host.fingerprint()))),
  )
}

/** In what each host differs from how it was found. */
async function leftovers(): Promise<readonly (readonly string[])[]> {
  const now = await fingerprints()
  return now.map((seen, index) => {
    const lines = diffFingerprints(before[index] ?? [], seen)
    // The first network namespace of a host makes this mount, for all that come after.
    return lines.filter((line) => !/ \/run\/netns |run-netns\.mount/.test(line))
  })
}

async function nodes(): Promise<string> {
  const text = await lab.host(1).must('k3s kubectl get nodes -o name')
  return text.trim().replaceAll('node/', '').split('\n').join(' ')
}

function notReady(name: string): Promise<true> {
  return waitFor(`${name} to be silent`, 30_000, async () => {
    const text = await lab.host(1).must(`k3s kubectl get node ${name} -o json`)
    return text.includes('NodeStatusUnknown') ? true : undefined
  })
}

function saysOf({ events }: TroupeRun): string {
  return events
    .flatMap((event) => (event.type === 'finding' ? [`${event.found} ${event.message} ${event.advice}`] : []))
    .join('\n')
}

function changedBy({ events }: TroupeRun): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'resource' && event.status === 'changed' ? [`${event.host} ${event.id}`] : [],
  )
}

async function hasNothingToDo(running: Promise<TroupeRun>): Promise<void> {
  const run = await running
  expectCode(run, 0, 'The run once more')
  assert.equal(changedBy(run), [])
  assert.is(countOf(run, 'reverted'), 0)
}
