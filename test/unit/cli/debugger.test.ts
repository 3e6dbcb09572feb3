import * as assert from 'uvu/assert'
import { failureDebugger } from '../../../lib/cli/debugger.ts'
import { sh } from '../../../lib/host/command.ts'
import { defineRole } from '../../../lib/play/role.ts'
import { command } from '../../../lib/resources/index.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { defineVars } from '../../../lib/vars/schema.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'
import { refused } from './refused.ts'
import { typedTerminal } from './terminal.ts'

const test = suite('cli/debugger')
const done = '/etc/done'
const mended = '/etc/mended'

const role = defineRole({
  name: 'starting',
  folder: import.meta.dirname,
  vars: defineVars({}),
  async tasks({ task }) {
    const run = command({ title: 'It', run: sh`start it`, creates: done, undo: sh`stop it` })
    await task('Start it', run)
  },
})

/** A role whose one task fails until somebody has mended the host. */
async function debugged(...typed: readonly string[]): Promise<FakeRun & { readonly shown: string }> {
  const host = new FakeHost('node1')
  host.files.mkdir('/etc')
  host.onChange('start it', () => {
    if (host.files.get(mended) === undefined) return { code: 7, stderr: 'It is broken.\n' }
    host.files.write(done, '')
    return ''
  })
  host.onChange('mend it', () => (host.files.write(mended, ''), 'Mended.\n'))
  const terminal = typedTerminal()
  terminal.type(typed.map((line) => `${line}\n`).join(''))
  const onFailed = failureDebugger({
    terminal,
    suspended: (work) => work(),
    interrupted: new AbortController().signal,
    varsOf: () => ({ level: 3, token: new Secret('a token that is long', 'group_vars') }),
  })
  const run = await new FakeCluster([host]).run(role, { onFailed })
  return { ...run, shown: terminal.shown() }
}

test('a host is looked at and mended, and the task tried again', async () => {
  const { tasks, shown, end } = await debugged('$ mend it', 'again')
  assert.is(tasks['node1 Start it'], 'changed')
  assert.is(end.failed, false)
  assert.match(shown, /node1: "Start it" failed: .*exit code 7/)
  assert.match(shown, 'Mended.')
})

test('tried again in vain, it is asked about again; then the failure counts', async () => {
  const { tasks, shown, end } = await debugged('again', 'go')
  assert.is(tasks['node1 Start it'], 'failed')
  assert.is(end.failed, true)
  assert.is(shown.split('"Start it" failed').length, 3)
})

test('who gives up ends the run', async () => {
  const { tasks } = await debugged('quit')
  assert.is(tasks['node1 Start it'], 'skipped')
})

test('it shows what the role was given, without secrets, and where the error came from', async () => {
  const { shown } = await debugged('vars', 'error', 'what?', 'go')
  assert.match(shown, 'level: 3')
  assert.match(shown, 'Secret(group_vars)')
  assert.not.match(shown, 'a token that is long')
  assert.match(shown, /at .*\.ts:\d+/)
  assert.is(shown.split('again       try the task again').length, 3)
})

test('a command of its own may fail without ending anything', async () => {
  const { shown } = await debugged('$ false', 'go')
  assert.match(shown, 'exit code 1')
})

test('without a terminal it is refused', () => {
  const open = () =>
    failureDebugger({
      terminal: typedTerminal(false),
      suspended: (work) => work(),
      interrupted: new AbortController().signal,
      varsOf: () => ({}),
    })
  refused(open, /--debugger needs a terminal/)
})
