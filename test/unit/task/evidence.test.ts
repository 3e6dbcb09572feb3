import * as assert from 'uvu/assert'
import { sh } from '../../../lib/host/command.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import type { Evidence } from '../../../lib/report/events.ts'
import { command, file } from '../../../lib/resources/index.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('task/evidence')
const run = sh`make-it --well`
const here = 'test/unit/task/evidence.test.ts'

function roleOf(tasks: Role['tasks']): Role {
  return defineRole({ name: 'maker', folder: import.meta.dirname, vars: {}, tasks })
}

const writing = (content: string | Secret, mode?: number) =>
  roleOf(async ({ task }) => {
    await task('Write', file({ path: '/etc/x', content, ...(mode === undefined ? {} : { mode }) }))
  })

/** What a failed run of the role leaves as evidence; on a full disk nothing can be written. */
async function evidenceOf(role: Role, prepare: (host: FakeHost) => unknown): Promise<Evidence> {
  const cluster = new FakeCluster([new FakeHost('h1')])
  prepare(cluster.host('h1'))
  const { events } = await cluster.run(role)
  const failed = events.filter((event) => event.type === 'task' && event.status === 'failed')
  assert.is(failed.length, 1)
  const [event] = failed
  if (event?.type !== 'task' || event.evidence === undefined) throw new Error('there is no evidence')
  return event.evidence
}

function fillDisk(host: FakeHost): void {
  host.writeFile = async () => {
    throw new Error('No space left on device')
  }
}

test('a command that failed leaves its line, its exit code and what it printed', async () => {
  const role = roleOf(async ({ task }) => {
    await task('Make it', command({ title: 'Make it', run, creates: '/opt/made', oneWay: 'a test' }))
  })
  const evidence = await evidenceOf(role, (host) =>
    host.onChange(run, () => ({ code: 3, stdout: 'half of it\n', stderr: 'no more flour\n' })),
  )
  assert.equal(evidence.command, {
    line: 'make-it --well',
    exitCode: 3,
    stdout: 'half of it',
    stderr: 'no more flour',
  })
  assert.is(evidence.resource, 'command:Make it')
  assert.is(evidence.source?.file, here)
})

test('of long output the end is kept, and no part of a secret that is cut there', async () => {
  const value = 'a-secret-of-some-length'
  const secret = new Secret(value, 'a test')
  const role = roleOf(async ({ task }) => {
    await task(
      'Make it',
      command({ title: 'Make it', run, creates: '/opt/made', stdin: secret, oneWay: 'a test' }),
    )
  })
  const lines = Array.from({ length: 300 }, (_, index) => `line ${index}`)
  const end = 'x'.repeat(16 * 1024 - 10)
  const evidence = await evidenceOf(role, (host) =>
    host.onChange(run, () => ({ code: 1, stdout: lines.join('\n'), stderr: `${value}${end}` })),
  )
  const kept = evidence.command?.stdout.split('\n') ?? []
  assert.is(kept.length, 200)
  assert.is(kept.at(-1), 'line 299')
  assert.not.match(evidence.command?.stderr ?? '', /length|some/)
})

test('what was being written is there as a difference, without the lines that hold a secret', async () => {
  // A rendered file is a secret because of what stands in it.
  void new Secret('correct-horse-battery', 'a test')
  const rendered = new Secret('server: one\ntoken: correct-horse-battery\n', 'a template')
  const open = await evidenceOf(writing('server: one\n'), fillDisk)
  assert.equal(open.differences?.find(({ field }) => field === 'content')?.to, 'server: one\n')
  assert.is(open.resource, 'file:/etc/x')

  const masked = await evidenceOf(writing(rendered), (host) => {
    host.files.write('/etc/x', 'token: correct-horse-battery\nother: that-nobody-here-knows\n')
    fillDisk(host)
  })
  const content = masked.differences?.find(({ field }) => field === 'content')
  assert.equal(content, {
    field: 'content',
    from: '(not shown)',
    to: 'server: one\n«a line with a secret»\n',
  })
})

test('what is private, and gives away nothing that could be masked, is not shown at all', async () => {
  const evidence = await evidenceOf(writing('a word that only its owner may read', 0o600), fillDisk)
  assert.is(evidence.differences?.find(({ field }) => field === 'content')?.to, '(not shown)')
})

test('the line that called the task is named, also where a function of the role called it', async () => {
  const role = roleOf(async ({ task }) => {
    await writeAll(task)
  })
  const evidence = await evidenceOf(role, fillDisk)
  assert.is(evidence.source?.file, here)
  assert.is(evidence.source?.line, lineOfTask)
})

const lineOfTask = 1 + Number(/:(\d+):\d+\)?$/.exec(new Error().stack?.split('\n')[1] ?? '')?.[1]) + 2

async function writeAll(task: Parameters<Role['tasks']>[0]['task']): Promise<void> {
  await task('Write all', file({ path: '/etc/all', content: 'all' }))
}

test('a mistake of the role itself names its own line', async () => {
  const role = roleOf(async () => {
    throw new TypeError('That was never there.')
  })
  const evidence = await evidenceOf(role, () => {})
  assert.is(evidence.source?.file, here)
})

test('a failure that no command and no change is behind leaves the line alone', async () => {
  const role = roleOf(async ({ task }) => {
    await task('Write', file({ path: '/nowhere/x', content: '' }))
  })
  const evidence = await evidenceOf(role, () => {})
  assert.equal(Object.keys(evidence), ['source'])
})
