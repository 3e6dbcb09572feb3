import * as assert from 'uvu/assert'
import { join } from 'node:path'
import { scratch } from '../../inventory/scratch.ts'
import { suite } from '../../../support/suite.ts'
import { troupe, type TroupeRun } from '../../../support/troupe.ts'

const test = suite('cli: shell.ts, ping.ts and facts.ts')

/** Two that are this machine, and one that nobody answers for. */
const folder = scratch({
  'hosts.ini':
    '[up]\none ansible_connection=local\ntwo ansible_connection=local\n[off]\nthree ansible_host=127.0.0.1 ansible_port=1\n',
})
const state = folder

function run(script: string, args: readonly string[], command?: readonly string[]): Promise<TroupeRun> {
  const all = ['-i', join(folder, 'hosts.ini'), '-T', '1', ...args]
  return troupe(`playbooks/${script}.ts`, all, { state, ...(command === undefined ? {} : { command }) })
}

const ended = ({ events }: TroupeRun) => events.find((event) => event.type === 'run-ended')
const reported = ({ events }: TroupeRun) =>
  events.flatMap((event) =>
    event.type === 'report' ? (event.data as readonly Record<string, unknown>[]) : [],
  )

test('a command tells what it prints behind the name of its host, both outputs as they come', async () => {
  const done = await run('shell', ['up'], ['echo out; echo err >&2; echo again'])
  assert.is(done.code, 0, done.stderr)
  for (const host of ['one', 'two']) {
    const lines = done.events.flatMap((event) =>
      event.type === 'output' && event.host === host ? event.text.split('\n') : [],
    )
    assert.equal(lines, ['out', 'err', 'again'])
  }
  assert.match(done.stderr, /^one │ out$/m)
  assert.match(done.stderr, '2 hosts: 2 ok, 0 failed, 0 unreachable.')
})

test('one word is for a shell, several are a program and its words', async () => {
  const one = await run('shell', ['one'], ['echo $((1+1)) | tr 2 3'])
  assert.match(one.stderr, /^one │ 3$/m)
  const several = await run('shell', ['one'], ['printf', '%s.', '$((1+1))', 'a  b'])
  assert.match(several.stderr, /^one │ \$\(\(1\+1\)\)\.a {2}b\.$/m)
})

test('a code that is not 0 is a failure, and a host that is off wins over it', async () => {
  const failed = await run('shell', ['up'], ['exit 3'])
  assert.is(failed.code, 2)
  assert.match(failed.stderr, /^one ✘ exit code 3$/m)
  const off = await run('shell', ['all'], ['exit 3'])
  assert.equal([off.code, ended(off)?.message], [4, '3 hosts: 0 ok, 2 failed, 1 unreachable.'])
})

test('a pattern and a limit choose together, and must name somebody', async () => {
  const done = await run('shell', ['up', '--limit', 'two'], ['true'])
  assert.match(done.stderr, '1 host: 1 ok')
  const none = await run('shell', ['up', '--limit', 'three'], ['true'])
  assert.equal([none.code, none.stderr.split('\n')[0]], [1, '"up" names no host.'])
})

test('a secret that a command prints is masked', async () => {
  const done = await run(
    'shell',
    ['one', '-e', 'ansible_become_password=printed-anyway'],
    ['echo printed-anyway'],
  )
  assert.match(done.stderr, /^one │ «secret»$/m)
  assert.not.match(done.stdout, /printed-anyway/)
})

test('Ctrl-C kills what runs on the hosts', async () => {
  const all = ['-i', join(folder, 'hosts.ini'), 'one']
  const started = performance.now()
  const done = await troupe('playbooks/shell.ts', all, {
    state,
    command: ['echo begun; sleep 47.1; echo over'],
    onEvent: (event, child) => void (event.type === 'output' && child.kill('SIGINT')),
  })
  assert.is(done.code, 130, done.stderr)
  assert.ok(performance.now() - started < 30_000)
  const left = await run('shell', ['one'], ["pgrep -f 'sleep 47[.]1'"])
  assert.is(left.code, 2, 'it still runs')
})

test('hosts side by side are as many as asked for', async () => {
  const started = performance.now()
  const done = await run('shell', ['up', '-f', '1'], ['sleep 1'])
  assert.is(done.code, 0)
  assert.ok(performance.now() - started > 2000)
})

test('ping tells who can be reached, in what time, and who works there', async () => {
  const done = await run('ping', [])
  assert.is(done.code, 4)
  const rows = reported(done)
  assert.equal(
    rows.map(({ host, reached }) => [host, reached]),
    [
      ['one', 'yes'],
      ['two', 'yes'],
      ['three', 'no'],
    ],
  )
  assert.ok(rows.every(({ milliseconds }) => typeof milliseconds === 'number'))
  assert.match(done.stderr, /^three ✘ .*nothing listens on port 1/m)
})

test('facts tell what a host is, typed for programs', async () => {
  const done = await run('facts', ['one'])
  const [row] = reported(done)
  assert.is(row?.['host'], 'one')
  assert.type(row?.['cpus'], 'number')
  assert.ok((row?.['memoryMb'] as number) > 0)
})

test('who forgets the pattern or the command is told', async () => {
  assert.match((await run('shell', [], ['true'])).stderr, /^PATTERN is missing/)
  assert.match((await run('shell', ['one'])).stderr, /^COMMAND is missing/)
})
