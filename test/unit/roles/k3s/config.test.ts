import * as assert from 'uvu/assert'
import { locate } from '../../../../lib/inventory/located.ts'
import { configuration, type ClusterConfiguration } from '../../../../lib/cluster/vars.ts'
import { Secret } from '../../../../lib/secrets/secret.ts'
import { readVars, type Infer, type Vars } from '../../../../lib/vars/schema.ts'
import { criticalSettings, dnsIn, nodeSettings, serverSettings } from '../../../../roles/k3s/config.ts'
import { archOf, products, releaseUrl } from '../../../../roles/k3s/product.ts'
import { registriesText } from '../../../../roles/k3s/registries.ts'
import { reveal } from '../../../../lib/secrets/secret.ts'
import { partsOf, showsSame } from '../../../../roles/k3s/token.ts'
import { vars, type K3sVars } from '../../../../roles/k3s/vars.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/k3s: what a node reads')

function read<V extends Vars>(schema: V, value: object): Infer<V> {
  return readVars(schema, locate('', value as never, { file: 'test' }), (fault) => {
    throw new TypeError(`${fault.path.join('.')}: ${fault.expected}, not ${fault.found}`)
  })
}

const role = (value: object = {}): K3sVars => read(vars, value)

function cluster(value: Partial<Record<keyof typeof configuration, object>> = {}): ClusterConfiguration {
  const parts = Object.entries(configuration).map(([name, schema]) => {
    return [name, read(schema, value[name as keyof typeof configuration] ?? {})]
  })
  return Object.fromEntries(parts) as ClusterConfiguration
}

const servers = [
  { name: 's1', address: '', vars: { ansible_host: '10.0.0.1' } },
  { name: 's2', address: '', vars: { nodeIp: '10.0.0.2', ansible_host: '192.0.2.2' } },
]
const facts = { nodeName: 's1', address: '10.0.0.1', servers }

test('The certificate of the API names all servers, the endpoint, the VIP and what else is given', () => {
  const about = { cluster: { endpoint: 'api.example.com:6443' }, loadBalancer: { vip: '10.0.0.100' } }
  const settings = serverSettings(role({ tlsSan: ['k.example.com'] }), cluster(about), facts)
  assert.equal(settings['tls-san'], [
    's1',
    '10.0.0.1',
    's2',
    '10.0.0.2',
    '192.0.2.2',
    'api.example.com',
    '10.0.0.100',
    'k.example.com',
  ])
})

test('Networks come from one place, and the DNS of the cluster from the network of services', () => {
  const about = cluster({ network: { podCidr: '10.50.0.0/16', serviceCidr: '10.60.0.0/16' } })
  const settings = criticalSettings(role(), about)
  assert.is(settings['cluster-cidr'], '10.50.0.0/16')
  assert.is(settings['cluster-dns'], '10.60.0.10')
  assert.is(dnsIn(undefined), undefined)
})

test('Another plugin than flannel leaves networks and policies to it', () => {
  const settings = criticalSettings(role(), cluster({ network: { plugin: 'cilium' } }))
  assert.is(settings['flannel-backend'], 'none')
  assert.is(settings['disable-network-policy'], true)
  const wireguard = criticalSettings(role(), cluster({ network: { backend: 'wireguard' } }))
  assert.is(wireguard['flannel-backend'], 'wireguard-native')
})

test('What is not said is not written; labels, taints and flags are lists', () => {
  const settings = nodeSettings(
    role({ labels: { disk: 'ssd' }, kubeletArgs: ['max-pods=50'] }),
    undefined,
    facts,
  )
  assert.equal(settings['node-label'], ['disk=ssd'])
  assert.equal(settings['kubelet-arg'], ['max-pods=50'])
  assert.is(settings['data-dir'], undefined)
  assert.is(nodeSettings(role(), undefined, { ...facts, address: 'a-name' })['node-ip'], undefined)
  const own = serverSettings(
    role({ serverPods: false, settings: { 'etcd-s3': 'true', x: '["a","b"]' } }),
    cluster(),
    facts,
  )
  assert.equal(own['node-taint'], ['node-role.kubernetes.io/control-plane=true:NoSchedule'])
  assert.equal(own['x'], ['a', 'b'])
})

test('Users in China get images and releases from the mirrors that are kept for them', () => {
  const own = serverSettings(role({ mirrorProfile: 'cn' }), cluster(), facts)
  assert.is(own['system-default-registry'], 'registry.cn-hangzhou.aliyuncs.com')
  assert.is(
    releaseUrl(products.k3s, 'v1.34.2+k3s1', 'k3s', 'cn'),
    'https://rancher-mirror.rancher.cn/k3s/v1.34.2-k3s1/k3s',
  )
  assert.is(
    releaseUrl(products.k3s, 'v1.34.2+k3s1', 'k3s', 'none'),
    'https://github.com/k3s-io/k3s/releases/download/v1.34.2%2Bk3s1/k3s',
  )
})

test('Machines without a release are refused', () => {
  assert.is(archOf('aarch64'), 'arm64')
  assert.throws(() => archOf('riscv64'), /no release for riscv64/)
})

test('A database is a secret, and what is no address of one is refused', () => {
  assert.instance(role({ datastore: 'postgres://u:p@db/k3s' }).datastore, Secret)
  assert.is(role({ datastore: 'sqlite' }).datastore, 'sqlite')
  assert.throws(() => role({ datastore: 'mongodb' }), /address of a database/)
})

test('Registries are written with mirrors, credentials and trust, and are a secret', () => {
  const text = registriesText(
    role({
      registries: {
        mirrors: { 'docker.io': ['https://mirror.example.com'] },
        auth: { 'mirror.example.com': { username: 'puller', password: 'hidden-word' } },
        tls: { 'mirror.example.com': { ca: '/etc/ssl/mirror.pem' } },
      },
    }),
  )
  assert.is(registriesText(role()), undefined)
  if (text === undefined) throw new Error('No text.')
  assert.match(reveal(text), /docker\.io:\n {4}endpoint:\n {6}- https:\/\/mirror\.example\.com/)
  assert.match(reveal(text), /username: puller\n {6}password: hidden-word/)
  assert.match(reveal(text), /ca_file: \/etc\/ssl\/mirror\.pem/)
})

test('A token is told apart in its two forms; both may show the same', () => {
  const short = new Secret('word-of-the-cluster', 'test')
  const full = new Secret(`K10${'a'.repeat(64)}::server:word-of-the-cluster`, 'test')
  assert.equal(partsOf(short), { ca: undefined, password: 'word-of-the-cluster' })
  assert.equal(partsOf(full), { ca: 'a'.repeat(64), password: 'word-of-the-cluster' })
  assert.ok(showsSame(short, full))
  assert.not(showsSame(short, new Secret('another-word', 'test')))
})
