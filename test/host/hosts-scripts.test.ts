import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { passwords } from '../lab/base.ts'
import { scratchFolder } from '../support/scratch.ts'
import { suite } from '../support/suite.ts'
import { troupe, type TroupeRun } from '../support/troupe.ts'

const test = suite('shell.ts, ping.ts and facts.ts on real hosts')
const folder = scratchFolder()
let lab: Lab
let first: LabHost
let second: LabHost

test.before(async () => {
  lab = await createLab({ hosts: 2 })
  const [one, two] = lab.hosts
  if (!one || !two) throw new Error('The lab has fewer hosts than asked for.')
  first = one
  second = two
})
test.after(() => lab.destroy())

function run(script: string, args: readonly string[], command?: readonly string[]): Promise<TroupeRun> {
  const options = { state: folder, ...(command === undefined ? {} : { command }) }
  return troupe(`playbooks/${script}.ts`, ['-i', lab.inventoryFile, ...args], options)
}

const linesOf = ({ events }: TroupeRun, host: LabHost) =>
  events.flatMap((event) =>
    event.type === 'output' && event.host === host.name ? event.text.split('\n') : [],
  )

test('a command runs on each host as the user that is asked for', async () => {
  const sudo = join(folder, 'vars.yml')
  writeFileSync(sudo, `ansible_become_password: ${passwords.admin}\n`)
  const done = await run(
    'shell',
    ['all', '-u', 'admin', '-e', 'ansible_user=admin', '-b', '-e', `@${sudo}`],
    ['id -un; hostname'],
  )
  assert.is(done.code, 0, done.stderr)
  for (const host of [first, second]) assert.equal(linesOf(done, host), ['root', host.name])
})

test('what facts tell is so', async () => {
  const done = await run('facts', [first.name])
  assert.is(done.code, 0, done.stderr)
  const [report] = done.events.flatMap((event) => (event.type === 'report' ? [event.data] : []))
  const [facts] = report as readonly {
    hostname: string
    addresses: { address: string }[]
    units: { running: number }
  }[]
  assert.is(facts?.hostname, (await first.must('hostname')).trim())
  assert.ok(facts?.addresses.some(({ address }) => address === first.address))
  assert.ok((facts?.units.running ?? 0) > 0)
})

test('a host that is off is told, and the others answer', async () => {
  await second.powerOff()
  const done = await run('ping', ['-T', '2'])
  await second.powerOn()
  assert.is(done.code, 4, done.stderr)
  assert.match(done.stderr, '2 hosts: 1 ok, 0 failed, 1 unreachable.')
})
