import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { parseSurvey } from '../../../../roles/preflight/survey-text.ts'
import { parseWays, type Peer } from '../../../../roles/preflight/ways.ts'
import { scratchFolder } from '../../../support/scratch.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/preflight: its scripts')
const files = join(import.meta.dirname, '../../../../roles/preflight/files')
const folder = scratchFolder()
/** What POSIX or the kernel's own tools bring, and nothing else. */
const least = ['cat', 'date', 'df', 'grep', 'sed', 'tr', 'uname']

/** The words that start each shell. */
const shells = [['dash'], ['busybox', 'sh']] as const

function pathOf(program: string): string | undefined {
  return ['/bin', '/usr/bin', '/sbin', '/usr/sbin'].map((each) => join(each, program)).find(existsSync)
}

/** A folder of these programs alone. */
function only(name: string, programs: readonly string[]): string {
  const bin = join(folder, name)
  mkdirSync(bin)
  for (const program of programs) symlinkSync(pathOf(program) ?? '', join(bin, program))
  return bin
}

interface Said {
  readonly code: number
  readonly stdout: string
}

/** Runs a script whose PATH stays what it is here, whatever it adds to it. */
function run(script: string, shell: readonly string[], PATH: string, args: readonly string[]): Promise<Said> {
  const text = readFileSync(join(files, script), 'utf8').replace(/PATH="\$PATH[^"]*"/, `PATH="${PATH}"`)
  return new Promise((resolve) => {
    const [program = '', ...words] = shell
    execFile(program, [...words, '-c', text, script, ...args], { env: {} }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    )
  })
}

const sought = ['cat tar no-such-command', '/var/lib/rancher/k3s /', 'no_such_module'] as const
const paths = sought[1].split(' ')

for (const [name, ...words] of shells) {
  const program = pathOf(name)
  if (program === undefined) {
    test.skip(`${name} runs them`, `there is no ${name} here`)
    continue
  }
  const shell = [program, ...words]
  const bare = only(`bare-${name}`, least)
  const rich = only(`rich-${name}`, [...least, 'bash', 'timeout', 'head', 'wc'])

  test(`${name} tells all that it can of a host without any other program`, async () => {
    const before = Date.now()
    const { code, stdout } = await run('survey.sh', shell, bare, sought)
    assert.is(code, 0)
    const survey = parseSurvey(stdout, { before, after: Date.now() }, paths)
    assert.ok(survey.cpus > 0 && survey.memoryKb > 0)
    assert.ok((survey.disks.get('/var/lib/rancher/k3s')?.sizeKb ?? 0) > 0)
    assert.is(survey.commands.has('cat'), true)
    assert.is(survey.commands.has('no-such-command'), false)
    assert.ok(survey.ahead.least <= 0 && survey.ahead.most >= 0, 'the clock here is the clock here')
    assert.equal(survey.sockets, [])
    assert.match(stdout, /ended\n\d+\n$/)
  })

  test(`${name} says of ways that it does not know, where it cannot try them`, async () => {
    const { code, stdout } = await run('ways.sh', shell, bare, ['127.0.0.1 1500 tcp/6443'])
    assert.is(code, 0)
    const [way] = parseWays(stdout, [peer([6443])], 1500)
    assert.equal(
      way?.ports.map((port) => port.found),
      ['unknown'],
    )
  })

  test(`${name} tells an open port from one that is refused`, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const open = (server.address() as { port: number }).port
    const { stdout } = await run('ways.sh', shell, rich, [`127.0.0.1 1500 tcp/${open},tcp/1,udp/9`])
    server.close()
    const [way] = parseWays(stdout, [peer([open, 1], [9])], 1500)
    assert.equal(
      way?.ports.map((port) => port.found),
      ['open', 'refused', 'refused'],
    )
  })
}

function peer(tcp: readonly number[], udp: readonly number[] = []): Peer {
  const ports = [
    ...tcp.map((port) => ({ port, protocol: 'tcp' as const, what: 'something' })),
    ...udp.map((port) => ({ port, protocol: 'udp' as const, what: 'something' })),
  ]
  return { name: 'other', address: '127.0.0.1', ports }
}
