import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { ReleaseServer } from '../lab/stand-in/index.ts'
import { waitFor } from '../lab/wait.ts'
import { suite } from '../support/suite.ts'

const test = suite('lab: stand-in for k3s')
const program = '/usr/local/bin/k3s'
const data = '/var/lib/rancher/k3s'
let lab: Lab
let releases: ReleaseServer
let first: LabHost
let second: LabHost
let third: LabHost
let worker: LabHost
/** As the first server gives it to those that join. */
let token = ''

test.before(async () => {
  lab = await createLab({ hosts: 4 })
  releases = await new ReleaseServer().listen(lab.controllerAddress)
  ;[first, second, third, worker] = lab.hosts as [LabHost, LabHost, LabHost, LabHost]
  await Promise.all(lab.hosts.map(install))
  await start(first, 'k3s', { 'cluster-init': true, token: 'secret', 'tls-san': [first.address] })
  token = (await first.must(`cat ${data}/server/node-token`)).trim()
  // Side by side, though etcd takes one learner at a time.
  await Promise.all([second, third].map((host) => start(host, 'k3s', joining())))
  await start(worker, 'k3s-agent', joining())
})
test.after(async () => {
  await releases.close()
  await lab.destroy()
})

test('every node is ready, and every server becomes a voter', async () => {
  await waitFor('three voters', 10_000, async () => (await voters(first)).length === 3 || undefined)
  for (const host of lab.hosts.slice(0, 3)) {
    assert.equal(await states(host), { node1: 'True', node2: 'True', node3: 'True', node4: 'True' })
    assert.is(await host.must('k3s kubectl get --raw=/readyz'), 'ok')
  }
})

test('a token names the authority that is served to anybody, who may ask nothing else', async () => {
  const cacerts = await worker.must(`curl -sk https://${second.address}:6443/cacerts`)
  assert.is(
    createHash('sha256').update(cacerts).digest('hex'),
    /^K10([0-9a-f]{64})::server:secret$/.exec(token)?.[1],
  )
  const code = `curl -sk -o /dev/null -w '%{http_code}' https://${second.address}:6443/readyz`
  assert.is(await worker.must(code), '401')
})

test('a token of another cluster, a wrong one and other networks are refused in upstream’s words', async () => {
  const other = token.replace(/^K10.{64}/, `K10${'a'.repeat(64)}`)
  const refusal = async (settings: Record<string, unknown>) => {
    await worker.must(`cat >/tmp/config.yaml <<'END'\n${stringify({ ...joining(), ...settings })}END\n`)
    const run = await worker.run(
      `${program} server --config /tmp/config.yaml --data-dir /tmp/data; rm -rf /tmp/data`,
    )
    return run.stderr
  }
  const mismatch = `token CA hash does not match the Cluster CA certificate hash: ${'a'.repeat(64)} != ${token.slice(3, 67)}`
  assert.match(await refusal({ token: other }), `failed to validate token: ${mismatch}`)
  assert.match(await refusal({ token: 'wrong' }), /failed to validate token: .*: 401 Unauthorized/)
  assert.match(
    await refusal({ 'cluster-cidr': '10.99.0.0/16' }),
    'critical configuration value mismatch between servers: ClusterIPRanges',
  )
})

test('a host that lost its node password is rejected until somebody deletes its node', async () => {
  await worker.must('rm /etc/rancher/node/password; systemctl restart --no-block k3s-agent')
  await waitFor('the rejection', 10_000, async () => {
    const { stdout } = await worker.run('journalctl -u k3s-agent')
    return stdout.includes(
      "Node password rejected, duplicate hostname or contents of '/etc/rancher/node/password'",
    )
      ? true
      : undefined
  })
  assert.is((await worker.run('systemctl is-active k3s-agent')).stdout, 'activating\n')
  await first.must('k3s kubectl delete node node4')
  await waitFor(
    'the agent',
    10_000,
    async () => (await worker.run('systemctl is-active k3s-agent')).code === 0 || undefined,
  )
  assert.is((await states(first))['node4'], 'True')
})

test('without one of three servers the others go on, and without two they refuse', async () => {
  await third.powerOff()
  await first.must('k3s kubectl cordon node4')
  await second.must('k3s kubectl get --raw=/readyz')
  await second.powerOff()
  const { code, stderr } = await first.run('k3s kubectl uncordon node4')
  assert.equal([code, stderr], [1, 'Error from server: etcdserver: request timed out\n'])
  await Promise.all([second.powerOn(), third.powerOn()])
  await waitFor(
    'quorum',
    20_000,
    async () => (await third.run('k3s kubectl get --raw=/readyz')).code === 0 || undefined,
  )
  const node = JSON.parse(await third.must('k3s kubectl get node node4 -o json')) as Node
  assert.is(node.spec.unschedulable, true)
  await third.must('k3s kubectl uncordon node4')
})

test('a silent node is unknown after ten seconds; deleted, it comes back as a new member of etcd', async () => {
  const memberName = `cat ${data}/server/db/etcd/name`
  const before = await third.must(memberName)
  await third.powerOff()
  await waitFor('the silence', 20_000, async () => (await states(first))['node3'] === 'Unknown' || undefined)
  await first.must('k3s kubectl delete node node3')
  assert.equal(await voters(second), ['node1', 'node2'])
  const { code, stderr } = await second.run('k3s kubectl get node node3 -o json')
  assert.equal([code, stderr], [1, 'Error from server (NotFound): nodes "node3" not found\n'])
  await third.powerOn()
  await waitFor('its return', 20_000, async () => (await voters(first)).includes('node3') || undefined)
  assert.is.not(await third.must(memberName), before)
})

interface Node {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly unschedulable?: boolean }
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] }
}

function joining(): Record<string, unknown> {
  return { server: `https://${first.address}:6443`, token }
}

async function install(host: LabHost): Promise<void> {
  const from = `${releases.url}/k3s-io/k3s/releases/download/v1.34.2%2Bk3s1`
  await host.must(`cd /usr/local/bin && curl -sf -O ${from}/k3s -O ${from}/sha256sum-amd64.txt
    sha256sum --quiet --ignore-missing -c sha256sum-amd64.txt && chmod 755 k3s
    mkdir -p /etc/rancher/k3s`)
}

/** Returns when systemd says that it is ready. */
async function start(host: LabHost, unit: string, settings: Record<string, unknown>): Promise<void> {
  const verb = unit === 'k3s' ? 'server' : 'agent'
  await host.must(`cat >/etc/rancher/k3s/config.yaml <<'END'\n${stringify(settings)}END
cat >/etc/systemd/system/${unit}.service <<'END'
[Service]
Type=notify
Restart=always
RestartSec=1s
TimeoutStartSec=0
ExecStart=${program} ${verb}
[Install]
WantedBy=multi-user.target
END
systemctl enable --now ${unit}`)
}

async function nodes(host: LabHost): Promise<readonly Node[]> {
  return (JSON.parse(await host.must('k3s kubectl get nodes -o json')) as { items: Node[] }).items
}

function statusOf(node: Node, type: string): string | undefined {
  return node.status.conditions.find((condition) => condition.type === type)?.status
}

async function states(host: LabHost): Promise<Readonly<Record<string, string | undefined>>> {
  return Object.fromEntries((await nodes(host)).map((node) => [node.metadata.name, statusOf(node, 'Ready')]))
}

async function voters(host: LabHost): Promise<readonly string[]> {
  return (await nodes(host))
    .filter((node) => statusOf(node, 'EtcdIsVoter') === 'True')
    .map((node) => node.metadata.name)
}
