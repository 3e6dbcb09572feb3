import { KillGround, afterEntries, afterEvents } from '../playbooks/kill-ground.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/kill')
const long = { timeoutMs: 60_000 }
let ground: KillGround

test.before(async () => {
  ground = await KillGround.create('twelve', 2, ['--skip-tags', 'package'])
})
test.after(() => ground.lab.destroy())

test(
  'killed after a task and resumed, a run ends as if nobody had disturbed it',
  () => ground.resumes(afterEvents(30)),
  long,
)

test(
  'killed in the midst of a change, a run is reverted by another process',
  () => ground.reverts(afterEntries('node1', 13)),
  long,
)

test('killed near its end, a run is reverted by another process', () => ground.reverts(afterEvents(60)), long)
