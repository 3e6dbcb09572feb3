import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { command } from '../../lab/command.ts'
import { type Described, ImageStore } from '../../lab/forge/image-store.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('image store')
const name = 'registry.k8s.io/pause:3.10.1'

function tree(content: string): string {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/pause'), content, { mode: 0o755 })
  return folder
}

const hashOf = (file: string) => `sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`

test('an image leads from its name to its files by digests that hold', async () => {
  const store = new ImageStore(scratchFolder())
  await store.add(name, tree('program'), ['/bin/pause'])
  const described = store.images()[name]
  assert.ok(described)
  const manifestFile = store.blobFile(described.digest)
  assert.is(hashOf(manifestFile), described.digest)
  assert.is(readFileSync(manifestFile).length, described.size)
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as {
    config: Described
    layers: Described[]
  }
  const [layer] = manifest.layers
  assert.ok(layer)
  for (const part of [manifest.config, layer]) assert.is(hashOf(store.blobFile(part.digest)), part.digest)
  const config = JSON.parse(readFileSync(store.blobFile(manifest.config.digest), 'utf8')) as {
    config: { Entrypoint: string[] }
    rootfs: { diff_ids: string[] }
  }
  assert.equal(config.config.Entrypoint, ['/bin/pause'])
  assert.equal(config.rootfs.diff_ids, [layer.digest])
  assert.is(await command('tar', ['-xOf', store.blobFile(layer.digest), './bin/pause']), 'program')
})

test('the same files make the same image, other files another', async () => {
  const store = new ImageStore(scratchFolder())
  const first = await store.add(name, tree('one'))
  assert.is((await store.add(name, tree('one'))).digest, first.digest)
  assert.is.not((await store.add(name, tree('two'))).digest, first.digest)
})

test('an archive holds its images whole, and no others', async () => {
  const store = new ImageStore(scratchFolder())
  await store.add(name, tree('wanted'))
  const other = await store.add('registry.k8s.io/other:1', tree('other'))
  const file = join(scratchFolder(), 'images.tar')
  await store.archive([name], file)
  const members = await command('tar', ['-tf', file])
  assert.is(members.match(/^blobs\/sha256\/[0-9a-f]{64}$/gm)?.length, 3)
  assert.not.match(members, other.digest.slice('sha256:'.length))
  const index = JSON.parse(await command('tar', ['-xOf', file, 'index.json'])) as {
    manifests: { digest: string; annotations: Record<string, string> }[]
  }
  assert.equal(
    index.manifests.map(({ annotations }) => annotations['io.containerd.image.name']),
    [name],
  )
  assert.match(members, index.manifests[0]?.digest.slice('sha256:'.length) ?? 'none')
})

test('an archive of what is not there names what is', async () => {
  const store = new ImageStore(scratchFolder())
  await store.add(name, tree('x'))
  try {
    await store.archive(['nobody:1'], join(scratchFolder(), 'x.tar'))
    assert.unreachable()
  } catch (error) {
    assert.match(String(error), `No image has the name nobody:1. There is: ${name}.`)
  }
})
