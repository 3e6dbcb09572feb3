import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { addressesOf } from '../../../lib/artifacts/index.ts'
import { ImageStore } from '../../lab/forge/image-store.ts'
import { releases } from '../../lab/forge/releases.ts'
import { find } from '../../lab/forge/shelf.ts'
import { mirrorsOf, releaseUrl } from '../../lab/release-server.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('shelf')
const k3s = 'github.com/k3s-io/k3s/releases/download/v1.34.2+k3s1/k3s'

function shelf() {
  const [built, brought, outside] = [scratchFolder(), scratchFolder(), scratchFolder()]
  const put = (folder: string, path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), path)
    return join(folder, path)
  }
  const store = new ImageStore(join(outside, 'images'))
  const ask = (path: string) => find(new URL(path, 'http://lab'), [built, brought], store)
  return { built, brought, outside, put, store, ask }
}

test('a file is found under its address, what was built before what was brought', () => {
  const { built, brought, put, ask } = shelf()
  const own = put(built, 'dl.k8s.io/a')
  put(brought, 'dl.k8s.io/a')
  assert.is(ask('/dl.k8s.io/a')?.file, own)
  assert.is(ask('/dl.k8s.io/b'), undefined)
})

test('a plus in a version is found however it was written', () => {
  const { brought, put, ask } = shelf()
  const file = put(brought, k3s)
  assert.is(ask(`/${k3s}`)?.file, file)
  assert.is(ask(`/${k3s.replace('+', '%2B')}`)?.file, file)
})

test('a host alone gives its index', () => {
  const { brought, put, ask } = shelf()
  const file = put(brought, 'get.k3s.io/index')
  assert.is(ask('/get.k3s.io/')?.file, file)
  assert.is(ask('/get.k3s.io'), undefined)
})

test('nothing outside its folders is given, nor a broken address answered', () => {
  const { outside, built, put, ask } = shelf()
  put(outside, 'secret')
  const up = `..%2f${outside.split('/').at(-1)}%2fsecret`
  assert.ok(built.startsWith(dirname(outside)))
  assert.is(ask(`/${up}`), undefined)
  assert.is(ask('/%E0%A4%A'), undefined)
})

test('an image is found by name with or without its registry, and by digest', async () => {
  const { store, ask, built, put } = shelf()
  put(built, 'program')
  mkdirSync(dirname(store.blobFile('sha256:x')), { recursive: true })
  const { digest, mediaType } = await store.add('registry.k8s.io/coredns/coredns:v1', built)
  const file = store.blobFile(digest)
  const tagged = '/v2/coredns/coredns/manifests/v1'
  assert.equal(ask(tagged), { file, type: mediaType, digest })
  assert.equal(ask(`${tagged}?ns=registry.k8s.io`), { file, type: mediaType, digest })
  assert.is(ask(`${tagged}?ns=docker.io`), undefined)
  assert.is(ask(`/v2/coredns/coredns/manifests/${digest}`)?.file, file)
  assert.is(ask(`/v2/coredns/coredns/blobs/${digest}`)?.file, file)
  assert.is(ask('/v2/coredns/coredns/manifests/v2'), undefined)
  assert.is(ask('/v2/coredns/coredns/blobs/sha256:..%2f..%2fimages.json'), undefined)
})

test('the mirrors of a lab lead every release to it, and nowhere else', () => {
  const mirrors = mirrorsOf('10.210.1.1')
  for (const { place } of releases)
    assert.equal(addressesOf(`https://${place}`, mirrors), [`${releaseUrl('10.210.1.1')}/${place}`])
  assert.equal(addressesOf('https://get.k3s.io/', mirrors), ['http://10.210.1.1:3180/get.k3s.io/'])
})
