import * as assert from 'uvu/assert'
import { defineRole } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { ContactLost } from '../../../lib/transport/errors.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('task/change')
const path = '/etc/x'

const role = defineRole({
  name: 'write',
  folder: import.meta.dirname,
  vars: {},
  tasks: async ({ task }) => void (await task('Write', file({ path, content: 'ours' }))),
})

/** A host that loses contact in its first writes, before or after they are carried out; then it has it again. */
class Shaky extends FakeHost {
  left: number
  readonly #carriedOut: boolean

  constructor(left: number, carriedOut: boolean) {
    super('h1')
    this.left = left
    this.#carriedOut = carriedOut
  }

  override async writeFile(...args: Parameters<FakeHost['writeFile']>): Promise<void> {
    const lost = args[0] === path && this.left-- > 0
    if (!lost || this.#carriedOut) await super.writeFile(...args)
    if (lost) throw new ContactLost('h1: contact was lost while a command ran there.')
  }
}

test('A change after which the host still differs has failed, and says in what', async () => {
  const host = new FakeHost('h1')
  host.traffic.afterWrite = (what) => {
    if (what === `write ${path}`) host.files.chmod(path, { mode: 0o600 })
  }
  const fixed = defineRole({
    ...role,
    vars: {},
    tasks: async ({ task }) => void (await task('Write', file({ path, content: 'ours', mode: 0o644 }))),
  })
  const { end, events, directory } = await new FakeCluster([host]).run(fixed)
  assert.ok(end.failed)
  const failed = events.find((event) => event.type === 'task' && event.status === 'failed')
  assert.match(
    JSON.stringify(failed),
    `file:${path} was applied, but h1 still differs: mode is 384, wanted 420.`,
  )
  assert.not(directory.journal('h1').entries.some(({ type }) => type === 'done'))
})

for (const [when, carriedOut] of [
  ['before', false],
  ['after', true],
] as const) {
  test(`Contact that is lost ${when} a change was carried out does not fail it`, async () => {
    const host = new Shaky(2, carriedOut)
    const { end, resources } = await new FakeCluster([host]).run(role)
    assert.not(end.failed)
    assert.equal(resources, { [`h1 file:${path}`]: 'changed' })
    assert.is(host.files.read(path), 'ours')
    assert.is(host.left, carriedOut ? 1 : -1)
  })
}

test('Contact that is lost again and again fails the change', async () => {
  const { end } = await new FakeCluster([new Shaky(9, false)]).run(role)
  assert.ok(end.failed)
})

test('Contact that is lost in a revert does not fail it either', async () => {
  const host = new FakeHost('h1')
  host.files.write(path, 'old')
  const cluster = new FakeCluster([host])
  const { directory } = await cluster.run(role)
  const shaky = new Shaky(2, false)
  shaky.files.load(cluster.host('h1').files.toJSON())
  const { end } = await new FakeCluster([shaky], cluster.folder).revert(directory, role)
  assert.not(end.failed)
  assert.is(shaky.files.read(path), 'old')
})
