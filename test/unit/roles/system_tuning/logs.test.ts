import * as assert from 'uvu/assert'
import { bytesOf } from '../../../../roles/system_tuning/tasks/logs.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { families, groundOf, hostOf, type Family, type Given } from './tuned.ts'

const test = suite('roles/system_tuning: logs')
const journal = '/etc/systemd/journald.conf.d/90-troupe.conf'
const k3s = '/etc/rancher/k3s/config.yaml.d/90-troupe-logs.yaml'
const kubelet = '/etc/kubernetes/kubelet.conf.d/90-troupe-logs.conf'
const docker = '/etc/docker/daemon.json'
const bounded: Given = { logs: 'managed' }
const groups = { agent: ['h1'] }

function logging(family: Family) {
  const host = hostOf(family)
  host.files.mkdir('/etc/systemd')
  host.systemd.define('systemd-journald.service', { running: true, reads: [journal] })
  return host
}

for (const family of families) {
  test(`The journal and the logs of containers are bounded on ${family}, and that keeps the four laws`, () =>
    keepsLaws(
      () => groundOf([logging(family)], bounded, { groups }),
      ({ host }): readonly Damage[] => [
        {
          title: 'the bounds of the journal are gone',
          repairs: [`file:${journal}`],
          do: () => host.files.remove(journal),
        },
        {
          title: 'the journal took up other bounds',
          repairs: [`file:${journal}`, 'unit:systemd-journald.service'],
          do: () => {
            host.files.write(journal, '[Journal]\n')
            host.systemd.restart('systemd-journald.service')
          },
        },
        { title: 'the containers are not', repairs: [`file:${k3s}`], do: () => host.files.write(k3s, '') },
      ],
    ))
}

test('The journal takes up its bounds', async () => {
  const host = logging('debian')
  await groundOf([host], { ...bounded, journalMaxUse: '2G', journalMaxAge: '2week' }).run()
  const text = host.systemd.took('systemd-journald.service', journal)
  assert.match(text ?? '', '[Journal]\nSystemMaxUse=2G\nMaxRetentionSec=2week\n')
})

test('Each distribution is told in its own way', async () => {
  const told = async (distribution: string, type = 'containerd') => {
    const host = logging('debian')
    const shared = { kubernetes: { distribution }, runtime: { type } }
    await groundOf([host], { ...bounded, containerLogMaxFiles: 3 }, { groups, shared }).run()
    return (path: string) => host.files.read(path) ?? 'nothing'
  }
  const args = 'kubelet-arg+:\n  - container-log-max-size=10Mi\n  - container-log-max-files=3\n'
  assert.match((await told('k3s'))(k3s), args)
  assert.match((await told('rke2'))(k3s.replace('k3s', 'rke2')), args)
  const binary = await told('binary', 'docker')
  assert.match(
    binary(kubelet),
    'kind: KubeletConfiguration\ncontainerLogMaxSize: 10Mi\ncontainerLogMaxFiles: 3\n',
  )
  assert.equal(JSON.parse(binary(docker)), { 'log-opts': { 'max-size': '10485760', 'max-file': '3' } })
  const kubeadm = await told('kubeadm')
  assert.match(kubeadm(kubelet), 'containerLogMaxFiles: 3')
  assert.is(kubeadm(docker), 'nothing')
  assert.is(kubeadm(k3s), 'nothing')
})

test('What docker has of its own stays', async () => {
  const host = logging('debian')
  host.files.write(docker, '{ "log-opts": { "labels": "app" }, "debug": true }')
  const shared = { kubernetes: { distribution: 'kubeadm' }, runtime: { type: 'docker' } }
  await groundOf([host], bounded, { groups, shared }).run()
  const { debug, 'log-opts': options } = JSON.parse(host.files.read(docker) ?? '')
  assert.equal([debug, options.labels, options['max-file']], [true, 'app', '5'])
})

test('A host that is no node has no containers, and all can be left alone', async () => {
  const host = logging('debian')
  await groundOf([host], bounded).run()
  assert.is(host.files.get('/etc/rancher'), undefined)
  const kept = logging('debian')
  assert.equal((await groundOf([kept], {}, { groups }).run()).changed, [])
})

test('A size is read as Kubernetes reads it, and what is none is refused with what to write', () => {
  assert.equal(
    ['10Mi', '1Gi', '64Ki', '10M', '5k', '900'].map(bytesOf),
    [10_485_760, 1_073_741_824, 65_536, 10_000_000, 5000, 900],
  )
  for (const wrong of ['10MB', '', '0', '1.5Mi', 'i']) assert.throws(() => bytesOf(wrong), 'which is no size')
})
