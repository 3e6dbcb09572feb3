import * as assert from 'uvu/assert'
import { join } from 'node:path'
import { scratch } from '../../inventory/scratch.ts'
import { suite } from '../../../support/suite.ts'
import { troupe } from '../../../support/troupe.ts'

const test = suite('cli/settings: of a run')

test('a run has its hosts, its colours and its way there from ansible.cfg, and says what has no effect', async () => {
  const folder = scratch({
    'hosts.ini': 'one\ntwo\n',
    'ansible.cfg':
      '[defaults]\ninventory = hosts.ini\ntransport = local\nforce_color = yes\nstdout_callback = yaml\n[diff]\nalways = yes\n',
  })
  const env = { ANSIBLE_CONFIG: join(folder, 'ansible.cfg') }
  const { code, events, stderr } = await troupe('test/playbooks/nothing.ts', ['--check'], {
    state: folder,
    env,
  })
  assert.is(code, 0, stderr)
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
  assert.equal(warnings, [`Without effect here: stdout_callback (${folder}/ansible.cfg).`])
  const hosts = events.flatMap((event) => (event.type === 'recap' ? (event.host ?? []) : []))
  assert.equal(hosts.toSorted(), ['one', 'two'])
  assert.match(stderr, '\u001b[')
})
