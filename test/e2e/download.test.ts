import * as assert from 'uvu/assert'
import { randomBytes } from 'node:crypto'
import type { System } from '../lab/base.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { countOf, expectCode, PlaybookOnLab } from '../playbooks/on-lab.ts'
import { ArtifactServer, type Fault } from '../support/artifact-server.ts'
import { scratchFolder } from '../support/scratch.ts'
import { suite } from '../support/suite.ts'
import type { TroupeRun } from '../support/troupe.ts'

const test = suite('e2e/download')
const MB = 1_000_000
const size = 200 * MB
const path = '/opt/artifact'
const hosts = 8
const timeoutMs = 300_000
/** What befalls the first requests; the one after them is served whole. */
const faults: readonly Fault[] = [{ stallAt: 80 * MB }, { breakAt: 140 * MB }, { wrongByteAt: 190 * MB }]

let lab: Lab
let server: ArtifactServer
let book: PlaybookOnLab
const cache = scratchFolder()

test.before(async () => {
  const os = Array.from({ length: hosts }, (_, index): System => (index < hosts - 1 ? 'bookworm' : 'busybox'))
  lab = await createLab({ hosts, os })
  for (const host of lab.hosts) await host.must('mkdir -p /opt /mnt')
  const piece = randomBytes(MB)
  const content = Buffer.alloc(size)
  for (let at = 0; at < size; at += MB) {
    piece.writeUInt32BE(at)
    piece.copy(content, at)
  }
  server = await new ArtifactServer(content).listen(lab.controllerAddress)
  book = new PlaybookOnLab(lab, 'downloads')
})
test.after(async () => {
  await lab.destroy()
  await server.close()
})

function settings(more: object = {}, at = path): readonly string[] {
  const url = `http://${lab.controllerAddress}:${server.port}/artifact`
  const downloads = { url, sha256: server.sha256, path: at }
  return ['-e', JSON.stringify({ downloads, artifacts: { cache, stall: '2s', ...more } })]
}

function fresh(some: readonly Fault[]): void {
  Object.assign(server, { bytesServed: 0, endings: 0 })
  server.requests.length = 0
  server.faults.push(...some)
}

function progressOf(run: TroupeRun, host: string): readonly string[] {
  return run.events.flatMap((event) =>
    event.type === 'output' && event.progress === true && event.host === host ? event.text.split('\n') : [],
  )
}

const sums = (some = lab.hosts) =>
  Promise.all(some.map((host) => host.must(`sha256sum < ${path} | cut -c 1-64`)))

test(
  'eight hosts have the right file after a stall, a break and a wrong byte, and it was fetched once',
  async () => {
    fresh(faults)
    const check = await book.check(settings())
    expectCode(check, 0, 'the check')
    assert.is(countOf(check, 'changed'), hosts)
    assert.is(server.requests.length, 0, 'a check fetches nothing')
    const run = await book.run(settings())
    expectCode(run, 0, 'the run')
    assert.is(countOf(run, 'changed'), hosts)
    assert.equal(
      await sums(),
      Array.from({ length: hosts }, () => `${server.sha256}\n`),
    )
    assert.is(server.requests.length, faults.length + 1)
    assert.is(server.endings, 2, 'the wrong one and the right one')
    assert.ok(server.bytesServed <= 2 * size + 10 * MB, `${server.bytesServed} bytes were served`)
    for (const { name } of lab.hosts) {
      const told = progressOf(run, name)
      assert.ok(
        told.some((line) => /^fetching artifact: \d+ %$/.test(line)),
        `${name} heard ${told.join(', ')}`,
      )
    }
    const again = await book.run(settings())
    assert.is(countOf(again, 'ok'), hosts)
    const revert = await book.revert(run, settings())
    expectCode(revert, 0, 'the revert')
    for (const host of lab.hosts)
      assert.is((await host.run(`ls -a /opt /var/lib/troupe 2>/dev/null | grep -c art`)).stdout, '0\n')
  },
  { timeoutMs },
)

test(
  'hosts that fetch for themselves get over the same, with curl and with the wget of busybox',
  async () => {
    fresh(faults)
    const some = [lab.hosts[0], lab.hosts[hosts - 1]].filter((host) => host !== undefined)
    const args = ['--limit', some.map(({ name }) => name).join(','), ...settings({ delivery: 'pull' })]
    const run = await book.run(args)
    expectCode(run, 0, 'the run')
    assert.equal(await sums(some), [`${server.sha256}\n`, `${server.sha256}\n`])
    assert.ok(server.bytesServed <= 3 * size + 20 * MB, `${server.bytesServed} bytes were served`)
    assert.ok(progressOf(run, 'node1').some((line) => /^fetching artifact: \d+ %$/.test(line)))
    for (const host of some) {
      assert.is(await host.must('ls -A /opt'), 'artifact\n')
      assert.is((await host.run('ls -d /run/troupe/download*')).stdout, '')
    }
    expectCode(await book.revert(run, args), 0, 'the revert')
  },
  { timeoutMs },
)

for (const delivery of ['push', 'pull']) {
  test(
    `a disk that is too small is an error without litter (${delivery})`,
    async () => {
      fresh([])
      const [host] = lab.hosts
      assert.ok(host)
      await host.smallDisk('/mnt', 50)
      const args = ['--limit', 'node1', ...settings({ delivery }, '/mnt/artifact')]
      const run = await book.run(args)
      expectCode(run, 2, 'the run')
      const [failed] = run.events.filter((event) => event.type === 'task' && event.status === 'failed')
      assert.match(JSON.stringify(failed), /There is no room for \/mnt\/artifact/)
      assert.is(await host.must('ls -A /mnt; umount /mnt'), '')
    },
    { timeoutMs },
  )
}
