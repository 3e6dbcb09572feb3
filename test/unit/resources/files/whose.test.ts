import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { defaultSettings } from '../../../../lib/artifacts/index.ts'
import { archive } from '../../../../lib/resources/archive/archive.ts'
import { download } from '../../../../lib/resources/download/download.ts'
import { directory } from '../../../../lib/resources/files/directory.ts'
import { file } from '../../../../lib/resources/files/file.ts'
import { tree } from '../../../../lib/resources/files/tree.ts'
import { keys } from '../../../../lib/resources/keys/keys.ts'
import type { Resource } from '../../../../lib/task/kind.ts'
import { ArtifactServer } from '../../../support/artifact-server.ts'
import { bring, completed } from '../../../support/bring.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { scratchFolder } from '../../../support/scratch.ts'
import { suite } from '../../../support/suite.ts'
import { tgz } from '../../../support/tarball.ts'

const test = suite('resources/files/whose')
const server = new ArtifactServer(Buffer.from('the whole tool'))
const artifacts = { ...defaultSettings, cache: scratchFolder() } as const
const roleFolder = scratchFolder()
mkdirSync(join(roleFolder, 'files/app'), { recursive: true })
writeFileSync(join(roleFolder, 'files/app/app.conf'), 'port = 1\n')

test.before(() => server.listen())
test.after(() => server.close())

/** Makes what is new at `/home/deploy/x` and in it. */
const kinds: Readonly<Record<string, () => Resource>> = {
  file: () => file({ path: '/home/deploy/x', content: 'x' }),
  directory: () => directory({ path: '/home/deploy/x' }),
  tree: () => tree({ path: '/home/deploy/x', source: 'app' }),
  keys: () => keys({ path: '/home/deploy/x', format: 'json', set: { a: 1 } }),
  download: () =>
    download({ path: '/home/deploy/x', url: server.url, sha256: server.sha256, artifacts, mode: 0o755 }),
  archive: () => archive({ source: '/home/deploy/app.tgz', to: '/home/deploy/x' }),
}

for (const [kind, make] of Object.entries(kinds)) {
  test(`What is new belongs to whom the host is worked on as: ${kind}`, async () => {
    const host = new FakeHost('a')
    host.worker = { owner: 'deploy', group: 'staff', isRoot: false }
    host.users.add('deploy', 1000)
    host.users.addGroup('staff', 50)
    host.files.write('/home/deploy/app.tgz', tgz({ 'app.conf': 'port = 1\n' }))
    const resource = await completed(make(), roleFolder)
    await bring(host, resource)
    const made = Object.entries(host.snapshot()['files'] ?? {}).filter(([path]) =>
      path.startsWith('/home/deploy/x'),
    )
    assert.ok(made.length > 0)
    for (const [path, what] of made) assert.match(what, / deploy:staff/, `${path} is ${what}`)
    assert.is(await bring(host, resource), undefined)
  })
}
