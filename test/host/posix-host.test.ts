import * as assert from 'uvu/assert'
import { readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { join } from 'node:path'
import { sh } from '../../lib/host/command.ts'
import { thisHolder } from '../../lib/host/lock.ts'
import { openHost } from '../../lib/host/open.ts'
import { ourPaths } from '../../lib/host/paths.ts'
import { openSession } from '../../lib/transport/kept-session.ts'
import { dialSsh } from '../../lib/transport/ssh.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/posix-host')
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 2, os: ['bookworm', 'busybox'] })
})
test.after(() => lab.destroy())

const root = { mode: 0o644, owner: 'root', group: 'root' } as const

function open(index: number, run = 'test') {
  const host = lab.hosts[index]
  if (host === undefined) throw new Error(`The lab has no host ${index}.`)
  const session = openSession({
    title: host.name,
    dial: dialSsh({
      host: host.address,
      port: 22,
      user: 'root',
      keyFiles: [lab.keyFile],
      knownHostsFiles: [lab.knownHostsFile],
    }),
  })
  return openHost({ name: host.name, session, holder: thisHolder(run) })
}

for (const [index, system] of ['Debian', 'busybox alone'].entries()) {
  test(`files of any content are written, read and removed on ${system}`, async () => {
    const { host, close } = await open(index)
    assert.ok(host)
    const contents = [
      Buffer.from('it\'s $(not) `run` \\ \n%s "quoted"\n\n'),
      Buffer.alloc(0),
      randomBytes(5000),
      randomBytes(400_000),
      Buffer.from('no last newline'),
    ]
    for (const bytes of contents) {
      await host.writeFile('/etc/some file', host.keep(bytes), root)
      assert.equal((await host.readFiles(['/etc/some file']))[0]?.equals(bytes), true)
      assert.equal(await host.stat(['/etc/some file']), [{ type: 'file', hash: host.keep(bytes), ...root }])
    }
    await host.setAttributes('/etc/some file', { mode: 0o600 })
    assert.equal((await host.stat(['/etc/some file']))[0], {
      type: 'file',
      hash: host.keep('no last newline'),
      ...root,
      mode: 0o600,
    })
    await host.makeDirectory('/etc/a', { ...root, mode: 0o750 })
    await host.makeLink('/etc/a/link', '../target')
    assert.equal(await host.stat(['/etc/a', '/etc/a/link', '/etc/a/none/x', '/dev/null']), [
      { type: 'directory', ...root, mode: 0o750 },
      { type: 'link', target: '../target' },
      { type: 'absent' },
      { type: 'other', what: 'character special file' },
    ])
    const was = host.keep('no last newline')
    await host.remove('/etc/some file', { was })
    assert.equal((await host.readFiles(['/etc/some file']))[0], undefined)
    await host.writeFile('/etc/some file', was, root)
    assert.is((await host.readFiles(['/etc/some file']))[0]?.toString(), 'no last newline')
    await host.remove('/etc/some file')
    // A link to a folder gives way to a file; the file does not land in that folder.
    await host.makeLink('/etc/a/link', '/tmp')
    await host.makeLink('/etc/a/link', '/run')
    assert.equal(await host.stat(['/etc/a/link']), [{ type: 'link', target: '/run' }])
    await host.writeFile('/etc/a/link', host.keep('instead\n'), { mode: 0o644, owner: 'root', group: 'root' })
    assert.is((await host.stat(['/etc/a/link']))[0]?.type, 'file')
    await host.remove('/etc/a/link')
    await host.remove('/etc/a')
    await close()
  })

  test(`a job outlives nothing it should not, and tells how it ended, on ${system}`, async () => {
    const { host, close } = await open(index)
    assert.ok(host)
    const answer = await host.exec(sh`sh -c ${'cat; echo err >&2; exit 3'}`, {
      job: 'a job',
      stdin: 'in',
      ok: [3],
    })
    assert.equal(answer, { code: 3, stdout: 'in', stderr: 'err\n' })
    const started = performance.now()
    try {
      await host.exec(sh`sleep 60`, { job: 'too long', timeoutMs: 1000 })
      assert.unreachable()
    } catch (error) {
      assert.match(String(error), /did not end .* within 1000 ms and was killed/)
    }
    assert.ok(performance.now() - started < 10_000)
    const { stdout } = await host.query(sh`ps`)
    assert.not.match(stdout, /sleep 60/)
    await close()
  })

  test(`two runs cannot meet on ${system}`, async () => {
    const first = await open(index, 'first')
    try {
      await open(index, 'second')
      assert.unreachable()
    } catch (error) {
      assert.match(String(error), /is being worked on by the run first/)
    }
    await first.close()
    await (await open(index, 'second')).close()
    assert.equal(
      await (async () => {
        const again = await open(index, 'third')
        const [stat] = await again.reader.stat([ourPaths.lock])
        await again.close()
        return stat?.type
      })(),
      'file',
    )
  })
}

test('a large file goes up and down byte for byte', async () => {
  const { host, close } = await open(0)
  assert.ok(host)
  const [from, to] = [join(tmpdir(), `up-${process.pid}`), join(tmpdir(), `down-${process.pid}`)]
  writeFileSync(from, randomBytes(20_000_000))
  await host.upload(from, '/root/large', { ...root, mode: 0o640 })
  await host.download('/root/large', to)
  assert.ok(readFileSync(from).equals(readFileSync(to)))
  await close()
})

test('bytes that are no file here go up and down as they come', async () => {
  const { host, close } = await open(0)
  assert.ok(host)
  const bytes = randomBytes(5_000_000)
  const chunks = Array.from({ length: 50 }, (_, at) => bytes.subarray(at * 100_000, (at + 1) * 100_000))
  await host.upload({ stream: Readable.from(chunks), bytes: bytes.length }, '/root/stream', root)
  const down = new PassThrough()
  const [back] = await Promise.all([buffer(down), host.download('/root/stream', down)])
  assert.ok(back.equals(bytes))
  await close()
})

test('bytes that fail on their way up leave the old file', async () => {
  const { host, close } = await open(0)
  assert.ok(host)
  await host.writeFile('/root/kept', host.keep('old'), root)
  const failing = Readable.from(
    (function* () {
      yield Buffer.from('new')
      throw new Error('no more of it')
    })(),
  )
  const said: unknown = await host
    .upload({ stream: failing, bytes: 3 }, '/root/kept', root)
    .catch((error: unknown) => error)
  assert.match(String(said), 'no more of it')
  assert.is((await host.readFiles(['/root/kept']))[0]?.toString(), 'old')
  await close()
})

for (const [index, system] of ['Debian', 'busybox alone'].entries()) {
  test(`files that are written at the same moment get each its own content, mode and owner on ${system}`, async () => {
    const { host, close } = await open(index)
    assert.ok(host)
    await host.exec(sh`rm -rf /root/many`)
    await host.makeDirectory('/root/many', { ...root, mode: 0o755 })
    await host.writeFile('/root/many/2', host.keep('old'), { ...root, mode: 0o640 })
    // Busybox alone knows nobody but root.
    const other = index === 0 ? { owner: 'daemon', group: 'daemon' } : {}
    const own = [root, { ...root, mode: 0o600 }, { ...root, mode: 0o640, ...other }]
    const files = Array.from({ length: 250 }, (_, number) => ({
      path: `/root/many/${number}`,
      bytes: number % 3 === 0 ? randomBytes(number * 5) : Buffer.from(`it's $(no ${number})\n`),
      attributes: own[number % own.length] ?? root,
    }))
    const was = host.keep('old')
    await Promise.all(
      files.map(({ path, bytes, attributes }) =>
        host.writeFile(path, host.keep(bytes), { ...attributes, ...(path.endsWith('/2') ? { was } : {}) }),
      ),
    )
    assert.equal(
      await host.stat(files.map(({ path }) => path)),
      files.map(({ bytes, attributes }) => ({ type: 'file', hash: host.keep(bytes), ...attributes })),
    )
    assert.is((await host.query(sh`ls -A /root/many | wc -l`)).stdout.trim(), '250')
    await close()
    const { host: anew, close: closeAnew } = await open(index)
    assert.is((await anew?.bytes(was))?.toString(), 'old')
    await closeAnew()
  })

  test(`of files that are written at the same moment, one that cannot be spoils no other on ${system}`, async () => {
    const { host, close } = await open(index)
    assert.ok(host)
    await host.exec(sh`rm -rf /root/many`)
    await host.makeDirectory('/root/many', { ...root, mode: 0o755 })
    await host.makeDirectory('/root/many/folder', { ...root, mode: 0o755 })
    const paths = ['/root/many/1', '/root/many/folder', '/root/many/2', '/root/many/none/3']
    const ends = await Promise.allSettled(paths.map((path) => host.writeFile(path, host.keep(path), root)))
    assert.equal(
      ends.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
    )
    const [why] = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))
    assert.match(why ?? '', 'write /root/many/folder\n')
    assert.is((await host.query(sh`ls -A /root/many`)).stdout, '1\n2\nfolder\n')
    // Twice the same: the later one stays.
    const [one, other] = [host.keep('one'), host.keep('the other')]
    await Promise.all([one, other].map((content) => host.writeFile('/root/many/1', content, root)))
    assert.is((await host.readFiles(['/root/many/1']))[0]?.toString(), 'the other')
    await close()
  })
}

test('a full disk leaves the old file, says so, and leaves no litter', async () => {
  const { host, close } = await open(0)
  assert.ok(host)
  await host.exec(sh`mkdir -p /mnt/small`)
  await host.exec(sh`mount -t tmpfs -o size=64k tmpfs /mnt/small`)
  await host.writeFile('/mnt/small/file', host.keep('old'), root)
  for (const bytes of [randomBytes(100_000), randomBytes(1_000_000)]) {
    try {
      await host.writeFile('/mnt/small/file', host.keep(bytes), root)
      assert.unreachable()
    } catch (error) {
      assert.match(String(error), /No space left|took only a part/)
    }
    assert.is((await host.readFiles(['/mnt/small/file']))[0]?.toString(), 'old')
    assert.is((await host.query(sh`ls -A /mnt/small`)).stdout, 'file\n')
  }
  await close()
})
