import * as assert from 'uvu/assert'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { foldersOf, openStore, verifyBackup } from '../../../lib/backup/index.ts'
import { startBucketServer, type BucketServer } from '../../lab/bucket-server.ts'
import { waitFor } from '../../lab/wait.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { inBucket, keeping, settingsOf, source } from '../../support/kept-backups.ts'
import type { SaidOfIt, Told } from './large-child.ts'
import { rejects } from './rejects.ts'

/** Buckets are those of versitygw on this machine. */
const test = suite('backups that are large, or broken off')
const prod = { cluster: 'prod', kind: 'etcd' }
const long = { timeoutMs: 15 * 60_000 }
let server: BucketServer

test.before(async () => {
  server = await startBucketServer()
})
test.after(() => server.stop())

function start(told: Told) {
  const program = join(import.meta.dirname, 'large-child.ts')
  return spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(told)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function said(told: Told): Promise<SaidOfIt> {
  return JSON.parse(await text(start(told).stdout)) as SaidOfIt
}

/** Each as a child is told of it, and as this process has it. */
function places() {
  const { endpoint, accessKey, secretKey, root } = server
  const name = `b-${readdirSync(root).length}-large`
  server.makeBucket(name)
  const bucket = { endpoint, bucket: name, accessKey, secretKey }
  const directory = scratchFolder()
  return [
    { title: 'a folder', told: { directory }, settings: { directory }, at: directory },
    { title: 'a bucket', told: { bucket }, settings: inBucket(bucket), at: join(root, name) },
  ] as const
}

test(
  'a file of 200 MB takes no more memory than a small one, in a folder and in a bucket',
  async () => {
    for (const { title, told } of places()) {
      const [small, large] = [await said({ ...told, megabytes: 1 }), await said({ ...told, megabytes: 200 })]
      assert.equal([small.wrong, large.wrong], [[], []])
      const more = large.peakMegabytes - small.peakMegabytes
      console.log(`    ${title}: ${small.peakMegabytes} MB for 1 MB, ${large.peakMegabytes} MB for 200 MB`)
      assert.ok(more < 150, `${title}: ${more} MB more for 199 MB`)
    }
  },
  long,
)

test(
  'a process that is killed leaves no backup, and the next one throws the rest away',
  async () => {
    for (const { title, told, settings, at } of places()) {
      const child = start({ ...told, megabytes: 4000 })
      await waitFor(`${title}: 20 MB`, 60_000, () => bytesIn(at) > 20_000_000 || undefined)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const store = openStore(settingsOf(settings))
      assert.equal(
        (await foldersOf(store, prod)).map(({ finished }) => finished),
        [false],
        title,
      )
      const kept = await keeping(settings)
      const name = await kept.keep()
      assert.equal(
        (await foldersOf(store, prod)).map((each) => each.name),
        [name],
        title,
      )
      assert.ok(bytesIn(at) < 1_000_000, `${title}: what was sent takes room still`)
      assert.equal((await verifyBackup(store, 'prod', name, kept.keys.identity)).wrong, [])
    }
  },
  long,
)

test('a full disk is told with what is free, and nothing half is left', async () => {
  const directory = join(scratchFolder(), 'small')
  mkdirSync(directory)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory])
  try {
    const { keep } = await keeping({ directory })
    const files = [source('large', ...Array<string>(20).fill('x'.repeat(100_000)))]
    assert.match((await rejects(keep({ files }))).message, /There is no room in .*small: \d+ MB are free/)
    assert.equal(readdirSync(join(directory, 'prod')), [])
  } finally {
    execFileSync('umount', [directory])
  }
})

function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  return files.reduce((sum, file) => sum + sizeOf(join(file.parentPath, file.name)), 0)
}

/** What is being written may be gone between two looks. */
function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false })
  return found?.isFile() === true ? found.size : 0
}
