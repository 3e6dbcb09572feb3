import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { StampedEvent } from '../../../lib/report/events.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { all, parseXml } from '../../support/xml.ts'

const test = suite('cli/told')
const root = join(import.meta.dirname, '../../..')
const small = 'test/playbooks/small.ts'
const here = ['-i', 'localhost,', '-c', 'local', '-C']

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(command: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<Ended>((resolve, reject) => {
    const { GITLAB_CI: _, JUNIT_OUTPUT_DIR: __, ...own } = process.env
    const child = spawn(command, words, { cwd: root, env: { ...own, TROUPE_STATE: scratchFolder(), ...env } })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data) => (stdout += data))
    child.stderr.on('data', (data) => (stderr += data))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

test('a process that ends in the midst of a run leaves a report that says so', async () => {
  const file = join(scratchFolder(), 'report.xml')
  const program = `
    const { junitReport } = await import('./lib/report/junit.ts')
    junitReport(${JSON.stringify(file)})
    process.exit(130)`
  const ended = await start(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
  assert.is(ended.code, 130, ended.stderr)
  const [error] = all(parseXml(readFileSync(file, 'utf8')), 'error')
  assert.is(error?.text, 'The run did not come to its end.')
})

test('a verb is run as its script says, with words and flags of its own', async () => {
  const verbs = (script: string, ...words: readonly string[]) =>
    start(process.execPath, ['--import', 'tsx', `test/playbooks/${script}.ts`, ...words])
  const table = await verbs('members', 'status', 'm1', '-l', 'etcd')
  assert.equal([table.code, table.stdout], [0, '\nMembers\n  member  of\n  m1      etcd\n'])
  const [report] = events(await verbs('members', 'status', '--json'))
  assert.equal(report?.type === 'report' && report.data, [{ member: 'all', of: 'everywhere' }])
  const help = await verbs('members', '--help')
  assert.match(help.stdout, /^Usage: npx tsx test\/playbooks\/members\.ts VERB \[flags\]$/m)
  assert.match(help.stdout, /^ {2}status \[MEMBER\] +what each member says of itself$/m)
  assert.not.match(help.stdout, /--check/)
  const played = await verbs('small-verbs', 'write', 'because', ...here, '-e', 'small.file=/nowhere/x')
  assert.is(played.code, 2, played.stderr)
  assert.match(played.stdout, /There is no directory \/nowhere\./)
})

const troupe = (words: readonly string[], env?: Readonly<Record<string, string>>) =>
  start(process.execPath, ['--import', 'tsx', small, ...words], env)

const events = ({ stdout }: Ended) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StampedEvent)

/** Where the playbook calls the task that writes the file. */
const line =
  readFileSync(join(root, small), 'utf8')
    .split('\n')
    .findIndex((text) => text.includes("'Write the file'")) + 1

for (const [way, command, words] of [
  ['npx tsx', join(root, 'node_modules/.bin/tsx'), [small]],
  ['node --import tsx', process.execPath, ['--import', 'tsx', small]],
] as const) {
  test(`${way} names the line of TypeScript that called the failed task`, async () => {
    const ended = await start(command, [...words, ...here, '-e', 'small.file=/nowhere/x'])
    assert.is(ended.code, 2, ended.stderr)
    assert.match(ended.stdout, new RegExp(`\n {6}called at ${small}:${line}\n`))
  })
}

test('what is refused ends like a run, for every reader that the command line names', async () => {
  const folder = scratchFolder()
  const [junit, log] = [join(folder, 'report.xml'), join(folder, 'run.log')]
  const ended = await troupe([...here, '--limt', 'x', '--json', `--junit=${junit}`, '--log-file', log])
  assert.is(ended.code, 1)
  assert.is(
    ended.stderr,
    'There is no flag --limt.\nDid you mean --limit? Run it with --help to see all flags.\n',
  )
  assert.equal(
    events(ended).map(({ type }) => type),
    ['error', 'run-ended'],
  )
  const last = events(ended).at(-1)
  assert.equal(last?.type === 'run-ended' && [last.exitCode, last.message], [1, 'There is no flag --limt.'])
  const [error] = all(parseXml(readFileSync(junit, 'utf8')), 'error')
  assert.is(error?.attributes['message'], 'There is no flag --limt.')
  assert.is(readFileSync(log, 'utf8').trim().split('\n').length, 2)
})

test('a file that cannot be written is refused as well, and told where it can be', async () => {
  const ended = await troupe([...here, '--json', '--log-file', '/nowhere/x/run.log'])
  assert.is(ended.code, 1)
  assert.match(ended.stderr, /^The log file \/nowhere\/x\/run\.log cannot be opened/)
  assert.is(events(ended).at(-1)?.type, 'run-ended')
})

test('in a GitLab job stages are sections, in colour; JUNIT_OUTPUT_DIR has a report of the run', async () => {
  const folder = scratchFolder()
  const ended = await troupe(here, { GITLAB_CI: 'true', JUNIT_OUTPUT_DIR: folder })
  const stdout = ended.stdout.replaceAll('\u001b', 'ESC').replaceAll('\r', 'CR')
  assert.match(stdout, /\nsection_start:\d+:stage_1_write\[collapsed=true\]CRESC\[0KESC\[1mWrite/)
  assert.match(stdout, /\nsection_end:\d+:stage_1_writeCRESC\[0K\n/)
  const [report = ''] = readdirSync(folder)
  assert.match(report, /^small-\d{8}T\d{9}\.xml$/)
  assert.is(all(parseXml(readFileSync(join(folder, report), 'utf8')), 'testcase').length, 1)
})

test('what puts back knows every kind, also those that its roles use no more', async () => {
  const program = `
    const { playbook, putBack } = await import('./lib/play/playbook.ts')
    const { runCommand } = await import('./lib/cli/run-command.ts')
    const { parseCommandLine } = await import('./lib/cli/command-line.ts')
    const { isKnown } = await import('./lib/task/kind.ts')
    const back = playbook('Back', [putBack('Back', { hosts: 'all', roles: [] })])
    await runCommand(back, '${small}', ${JSON.stringify(here)}, parseCommandLine)
    process.stdout.write('known: ' + ['certificate', 'backup', 'firewallPort', 'file'].filter(isKnown))
    process.exit()`
  const ended = await start(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
  assert.match(ended.stdout, 'known: certificate,backup,firewallPort,file', ended.stderr)
})
