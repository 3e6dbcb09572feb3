import { readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { countOf, expectCode, resourcesOf } from '../playbooks/on-lab.ts'
import { kubeNodesOf, K3sLab, problemsOf } from '../playbooks/k3s-lab.ts'
import { suite } from '../support/suite.ts'

// The program that these hosts get is a stand-in for k3s: it speaks its join protocol, and runs no containers.
const test = suite('k3s: an install in stages (stand-in)')
const long = { timeoutMs: 180_000 }
const kubeconfig = join(tmpdir(), `kubeconfig-${process.pid}`)
let lab: K3sLab

test.before(async () => {
  lab = await K3sLab.create({ hosts: 5 })
})
test.after(() => lab[Symbol.asyncDispose]())

test(
  'three servers and an agent come up one after the other; the second run has nothing to do',
  async () => {
    const vars = { 'cluster.name': 'blue', 'k3s.kubeconfig': { controller: kubeconfig } }
    const install = lab.playbook('install', lab.inventory({ servers: 3, agents: 1 }, vars))
    const run = await install.run()
    expectCode(run, 0, 'The install')
    assert.equal(await kubeNodesOf(lab.host(3)), {
      node1: 'server voter ready',
      node2: 'server voter ready',
      node3: 'server voter ready',
      node4: 'agent ready',
    })
    const order = run.events.flatMap((event) => {
      return event.type === 'task' && event.task?.startsWith('Run the') ? [event.host] : []
    })
    assert.equal(order, ['node1', 'node2', 'node3', 'node4'])

    const second = await install.run()
    expectCode(second, 0, 'The second run')
    assert.is(countOf(second, 'changed'), 0, JSON.stringify(resourcesOf(second)))
    const check = await install.check()
    assert.is(countOf(check, 'changed') + countOf(check, 'unknown'), 0)

    assert.is(statSync(kubeconfig).mode & 0o777, 0o600)
    assert.match(readFileSync(kubeconfig, 'utf8'), `server: https://${lab.host(1).address}:6443`)
    assert.match(readFileSync(kubeconfig, 'utf8'), 'current-context: blue')
    const files = '/etc/rancher/k3s/config.yaml /root/.kube/config /etc/rancher/k3s/k3s.yaml'
    assert.equal((await lab.host(1).must(`stat -c %a ${files}`)).trim().split('\n'), ['600', '600', '600'])
  },
  long,
)

test(
  'nobody who may not know it finds the token: in no argument, environment or log, and in no file wider than 0600',
  async () => {
    const token = (
      await lab.host(1).must("sed 's/.*:://;s/server://' /var/lib/rancher/k3s/server/token")
    ).trim()
    assert.ok(token.length >= 32, 'the token that was made is too short to be one')
    for (const number of [1, 2, 3, 4]) {
      const host = lab.host(number)
      const wide = await host.run(
        `grep -rlsF -f - /etc /var/lib /var/log /run /root /usr/local /tmp <<'END' | sort -u | xargs -r stat -c '%a %n' | grep -v '^[67]00 '\n${token}\nEND`,
      )
      assert.is(wide.stdout, '')
      const loud = await host.run(
        `cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | grep -caF -f /dev/fd/3 3<<'END'\n${token}\nEND`,
      )
      assert.is(loud.stdout.trim(), '0')
      const journal = await host.run(
        `journalctl -q --no-pager -o verbose | grep -cF -f /dev/fd/3 3<<'END'\n${token}\nEND`,
      )
      assert.is(journal.stdout.trim(), '0')
    }
  },
  long,
)

test(
  'a setting is taken up by the nodes that it is of alone, servers one by one',
  async () => {
    const inventory = lab
      .inventory(
        { servers: 3, agents: 1 },
        { 'cluster.name': 'blue', 'k3s.kubeconfig': { controller: kubeconfig } },
      )
      .replace(/^node2 .*/m, (line) => `${line} k3s.kubeletArgs='["max-pods=50"]'`)
    const run = await lab.playbook('install', inventory).run()
    expectCode(run, 0, 'The run')
    const changed = run.events.flatMap((event) => {
      return event.type === 'resource' && event.status === 'changed' ? [`${event.host} ${event.id}`] : []
    })
    assert.equal(changed, ['node2 file:/etc/rancher/k3s/config.yaml', 'node2 unit:k3s.service'])
    expectCode(
      await lab
        .playbook(
          'install',
          lab.inventory(
            { servers: 3, agents: 1 },
            { 'cluster.name': 'blue', 'k3s.kubeconfig': { controller: kubeconfig } },
          ),
        )
        .run(),
      0,
      'The way back',
    )
  },
  long,
)

test(
  'a server that was installed anew joins the cluster that lives on, and founds no second one',
  async () => {
    const before = (
      await lab.host(2).must('sha256sum < /var/lib/rancher/k3s/server/tls/server-ca.crt')
    ).trim()
    await lab
      .host(1)
      .must(
        'systemctl disable -q --now k3s; rm -rf /var/lib/rancher /etc/rancher /var/lib/kubelet /etc/systemd/system/k3s* /usr/local/bin/k3s',
      )
    const install = lab.playbook('install', lab.inventory({ servers: 3, agents: 1 }))
    const run = await install.run()
    expectCode(run, 0, 'The install')
    assert.is(
      (await lab.host(1).must('sha256sum < /var/lib/rancher/k3s/server/tls/server-ca.crt')).trim(),
      before,
    )
    assert.match(
      await lab.host(1).must('cat /etc/rancher/k3s/config.yaml'),
      `server: "https://${lab.host(2).address}:6443"`,
    )
    assert.equal(await kubeNodesOf(lab.host(1)), {
      node1: 'server voter ready',
      node2: 'server voter ready',
      node3: 'server voter ready',
      node4: 'agent ready',
    })
    const second = await install.run()
    assert.is(countOf(second, 'changed'), 0, JSON.stringify(resourcesOf(second)))
  },
  long,
)

test(
  'what would not become one cluster is refused with the reason, and nothing is changed',
  async () => {
    const cast = { servers: 3, agents: 1 }
    const other = `K10${'ab'.repeat(32)}::server:secret`
    const node5 = lab.hostLines(['node5'])
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['a stale token', lab.inventory(cast, { 'k3s.token': other }), /CA hash does not match the Cluster CA/],
      ['a wrong token', lab.inventory(cast, { 'k3s.token': 'wrong-token' }), /not the token of the cluster/],
      [
        'another version',
        lab.inventory(cast, { 'kubernetes.version': 'v1.34.3+k3s1' }),
        /changes no version/,
      ],
      ['no release', lab.inventory(cast, { 'kubernetes.version': 'v1.34.2' }), /names no release of k3s/],
      ['SQLite', lab.inventory(cast, { 'k3s.datastore': 'sqlite' }), /SQLite keeps the state of one server/],
      [
        'unequal settings',
        lab.inventory(cast).replace(/^node2 .*/m, (line) => `${line} k3s.clusterDomain=other.local`),
        /cluster-domain has to be the same on all servers/,
      ],
      [
        'a cluster outside, by a short token',
        lab.inventory(cast, { 'k3s.serverUrl': `https://${lab.host(1).address}:6443`, 'k3s.token': 'short' }),
        /joined with its full token only/,
      ],
      [
        'an agent without a cluster',
        `${node5}\n${lab.hostLines(['node4'])}\n[server]\nnode5\n[agent]\nnode4\n${lab.allVars({})}`,
        /node4 holds data of another cluster/,
      ],
    ]
    for (const [what, inventory, reason] of cases) {
      const run = await lab.playbook('install', inventory).run()
      expectCode(run, 2, `The run with ${what}`)
      assert.match(problemsOf(run), reason, what)
      assert.is(countOf(run, 'changed'), 0, what)
    }
    const two = lab.inventory(cast).replace(/^(node[12]) (.*)/gm, '$1 $2 node_role=server cluster_init=true')
    const run = await lab.playbook('install', two).run()
    expectCode(run, 1, 'The run with two of cluster_init')
    assert.match(run.stderr, /cluster_init has to be true on exactly one server, and is so on node1, node2/)
  },
  long,
)

test(
  'a host joins a cluster outside of its inventory by address and full token',
  async () => {
    const token = (await lab.host(1).must('cat /var/lib/rancher/k3s/server/token')).trim()
    const vars = { 'k3s.serverUrl': `https://${lab.host(1).address}:6443`, 'k3s.token': token }
    const inventory = `${lab.hostLines(['node5'])}\n[server]\n[agent]\nnode5\n${lab.allVars(vars)}`
    const run = await lab.playbook('install', inventory).run()
    expectCode(run, 0, 'The run')
    assert.is((await kubeNodesOf(lab.host(1)))['node5'], 'agent ready')
    assert.match(run.stdout, /with the token from/)
    assert.not.match(run.stdout + run.stderr, token.split('::server:')[1] ?? '')
  },
  long,
)

test(
  'a service that does not start is explained: the cause by name, the journal and the settings as evidence',
  async () => {
    const host = lab.host(4)
    await host.must(
      'systemctl stop k3s-agent; echo "Failed to start: listen tcp :10250: bind: address already in use" > /etc/stand-in-fail',
    )
    const run = await lab
      .playbook('install', lab.inventory({ servers: 3, agents: 1 }, { 'k3s.deadlines': { ready: '3s' } }))
      .run()
    await host.must('rm /etc/stand-in-fail')
    expectCode(run, 2, 'The run')
    const failed = run.events.find((event) => event.type === 'task' && event.status === 'failed')
    assert.is(failed?.type, 'task')
    if (failed?.type !== 'task') return
    assert.match(failed.message ?? '', /^A port that is needed is taken\./)
    assert.match(failed.advice ?? '', /ss -ltnp/)
    const seen = JSON.stringify(failed.evidence?.seen)
    assert.match(seen, /address already in use/)
    assert.match(seen, /token: «secret»/)
  },
  long,
)
