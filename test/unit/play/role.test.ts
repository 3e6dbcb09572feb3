import * as assert from 'uvu/assert'
import { loadRoles, playbook, putBack, stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/role')

/** A role that notes when its work is imported, and what its tasks were given. */
function noting(name: string, notes: string[]): Role {
  return defineRole({
    name,
    folder: import.meta.dirname,
    vars: {},
    work: async () => {
      notes.push(`${name} imported`)
      return { word: 'work' }
    },
    async tasks({ task }, { word }) {
      await task('Begin')
      notes.push(`${name} has its ${word}`)
    },
  })
}

test('the work of a role is imported once, before any host is opened, and given to its tasks', async () => {
  const notes: string[] = []
  const stages = [stage('Run', { hosts: 'all', roles: [noting('one', notes)] })]
  const cluster = new FakeCluster([new FakeHost('h1')])
  cluster.off.add('h1')
  await cluster.run(stages)
  assert.equal(notes, ['one imported'])
  cluster.off.clear()
  await cluster.run(stages)
  assert.equal(notes, ['one imported', 'one has its work'])
})

test('so is that of roles whose changes are put back: their kinds have to be known', async () => {
  const notes: string[] = []
  const stages = [
    stage('Run', { hosts: 'all', roles: [noting('one', notes)] }),
    putBack('Put back', { hosts: 'all', roles: [noting('two', notes)] }),
  ]
  await loadRoles(playbook('Both', stages))
  assert.equal(notes.toSorted(), ['one imported', 'two imported'])
})
