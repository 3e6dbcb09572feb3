import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { containerImage } from '../../../../lib/resources/container-image/container-image.ts'
import { wholeName } from '../../../../lib/resources/container-image/image-name.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, reading, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('container-image')
const one = `sha256:${'1'.repeat(64)}`
const two = `sha256:${'2'.repeat(64)}`
const pause = 'registry.k8s.io/pause:3.10'
const archive = '/opt/images.tar'
const store = '/var/lib/containerd/images.json'

type Store = Record<string, string>

function stored(host: FakeHost): Store {
  return JSON.parse(host.files.read(store) ?? '{}') as Store
}

function put(host: FakeHost, images: Store): void {
  host.files.write(
    store,
    JSON.stringify(Object.fromEntries(Object.entries(images).toSorted(([a], [b]) => (a < b ? -1 : 1)))),
  )
}

/** containerd as far as it is asked: it gives names of its own to what is pulled, as its CRI does. */
function containerd(host: FakeHost): void {
  host.on(/^(docker|podman) images/, { code: 127 })
  host.on(/^ctr -n k8s\.io images ls$/, () => {
    const rows = Object.entries(stored(host)).map(([name, digest]) => {
      return `${name} application/vnd.oci.image.manifest.v1+json ${digest} 1.2 MiB linux/amd64 -`
    })
    return ['REF TYPE DIGEST SIZE PLATFORMS LABELS', ...rows, ''].join('\n')
  })
  host.on(/^command -v crictl$/, { code: 1 })
  host.onChange(/^ctr -n k8s\.io images pull /, (words) => {
    const name = words.at(-1) ?? ''
    put(host, { ...stored(host), [name]: /@(.*)/.exec(name)?.[1] ?? one, [`sha256:${'c'.repeat(64)}`]: one })
    return ''
  })
  host.onChange(/^ctr -n k8s\.io images import /, () => {
    put(host, { ...stored(host), [pause]: one, 'docker.io/library/other:1': two })
    return ''
  })
  host.onChange(/^ctr -n k8s\.io images tag --force /, (words) => {
    const images = stored(host)
    put(host, { ...images, [words.at(-1) ?? '']: images[words.at(-2) ?? ''] ?? '' })
    return ''
  })
  host.onChange(/^ctr -n k8s\.io images rm /, (words) => {
    put(host, Object.fromEntries(Object.entries(stored(host)).filter(([name]) => !words.includes(name))))
    return ''
  })
  host.on(/^tar -xOf \S+ manifest\.json$/, JSON.stringify([{ RepoTags: [pause, 'other:1'] }]))
  host.on(/^tar -xOf \S+ index\.json$/, { code: 2 })
}

function hostWith(images: Store = {}): FakeHost {
  const host = new FakeHost('a')
  put(host, images)
  host.files.write(archive, 'an archive')
  containerd(host)
  return host
}

test('an image that is not there is pulled, and goes with the names it was given besides', () =>
  keepsContract({ host: hostWith(), resource: containerImage({ image: pause }), fixtures: containerd }))

test('an image of the same content under another name keeps what it needs', async () => {
  const own = { 'example.org/same:1': one, [`sha256:${'c'.repeat(64)}`]: one }
  await keepsContract({
    host: hostWith(own),
    resource: containerImage({ image: pause }),
    fixtures: containerd,
  })
})

test('from an archive, what else was in it goes too, unless it was there before', async () => {
  const resource = containerImage({ image: pause, from: archive })
  await keepsContract({ host: hostWith(), resource, fixtures: containerd })
  await keepsContract({
    host: hostWith({ 'docker.io/library/other:1': two }),
    resource,
    fixtures: containerd,
  })
})

test('what is there is left alone', async () => {
  const host = hostWith({ [pause]: one })
  assert.is(await bring(host, containerImage({ image: pause, digest: one })), undefined)
  assert.is(await bring(host, containerImage({ image: pause, from: '/opt/none.tar' })), undefined)
  assert.equal(host.traffic.writes, [])
})

test('another digest is pulled by itself and given the name; what it was is not kept', async () => {
  const host = hostWith({ [pause]: one })
  const resource = containerImage({ image: pause, digest: two })
  const change = await bring(host, resource)
  assert.ok(change)
  assert.is(stored(host)[pause], two)
  assert.match(kindOf('image').oneWay?.(change, resource.ref) ?? '', /is not kept/)
})

test('an image that is to be absent is removed, and that it cannot come back is said', async () => {
  const host = hostWith({ [pause]: one })
  const resource = containerImage({ image: pause, state: 'absent' })
  const change = await bring(host, resource)
  assert.equal(stored(host), {})
  assert.match((change && kindOf('image').oneWay?.(change, resource.ref)) ?? '', /registry again/)
})

test('without a runtime, or without the archive, it cannot be yet', async () => {
  const bare = new FakeHost('a')
  bare.on(/^(docker|podman|ctr) /, { code: 127 })
  await rejects(stateOf(bare, containerImage({ image: pause })), /no container runtime on a/)
  const dead = new FakeHost('a')
  dead.on(/^(docker|podman) /, { code: 127 })
  dead.on(/^ctr /, { code: 1, stderr: 'ctr: failed to dial "/run/containerd/containerd.sock"\n' })
  await rejects(stateOf(dead, containerImage({ image: pause })), /does not answer ctr: .*failed to dial/)
  assert.instance(await reading(dead, containerImage({ image: pause })), NotYet)
  const attempt = bring(hostWith(), containerImage({ image: pause, from: '/opt/none.tar' }))
  await rejects(attempt, (error: Error) => error instanceof NotYet && error.foreseen?.is === 'present')
})

test('docker and podman are asked in their own words', async () => {
  const host = new FakeHost('a')
  host.on(/^docker images/, `busybox:1 ${one} ${two}\n<none>:<none> <none> ${one}\n`)
  host.on(/^(ctr|podman) /, { code: 127 })
  const resource = containerImage({ image: 'busybox:1', digest: two })
  assert.equal(await stateOf(host, resource), { is: 'present', digest: two })
  assert.is((await stateOf(host, containerImage({ image: 'busybox:2' }))).is, 'absent')
  const kind = kindOf('image')
  host.onChange(/^docker (pull|load|rmi)/, '')
  const change = { from: { is: 'absent' }, to: { is: 'present' } }
  await kind.apply(host, containerImage({ image: 'busybox:2' }).ref, change)
  await kind.apply(host, containerImage({ image: 'busybox:3', from: archive }).ref, change)
  await kind.apply(host, resource.ref, { from: change.to, to: change.from })
  assert.equal(host.traffic.writes, [
    'exec docker pull -q docker.io/library/busybox:2',
    `exec docker load -q -i ${archive}`,
    'exec docker rmi docker.io/library/busybox:1',
  ])
})

test('many images cost one round trip', async () => {
  const host = hostWith()
  const refs = ['a', 'b', 'c'].map((image) => containerImage({ image }).ref)
  await kindOf('image').read(host, refs)
  assert.is(host.traffic.trips, 1)
})

test('names are whole, as runtimes keep them', () => {
  assert.is(wholeName('busybox'), 'docker.io/library/busybox:latest')
  assert.is(wholeName('rancher/k3s:v1'), 'docker.io/rancher/k3s:v1')
  assert.is(wholeName('localhost/x'), 'localhost/x:latest')
  assert.is(wholeName('host:5000/x/y'), 'host:5000/x/y:latest')
  assert.is(wholeName(`host/x@${one}`), `docker.io/host/x@${one}`)
  assert.throws(() => wholeName('-rf'), /no name of an image/)
  assert.throws(() => containerImage({ image: 'x', digest: 'abc' }), /no sha256/)
})
