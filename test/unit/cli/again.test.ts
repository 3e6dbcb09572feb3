import * as assert from 'uvu/assert'
import { revertAgain } from '../../../lib/cli/again.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { suite } from '../../support/suite.ts'

const test = suite('cli/again')
const playbook = 'playbooks/install.ts'

test('What was typed is typed again, with the run by its name', () => {
  const argv = ['-i', 'inventory/my hosts.ini', '--revert', 'last', '-K']
  assert.is(
    revertAgain(playbook, argv, 'r1'),
    "npx tsx playbooks/install.ts -i 'inventory/my hosts.ini' --revert r1 -K",
  )
  assert.is(revertAgain(playbook, ['--revert=last'], 'r1'), 'npx tsx playbooks/install.ts --revert=r1')
})

test('A secret that was typed is not shown', () => {
  void new Secret('correct horse battery', 'a test')
  const words = ['-e', 'token=correct horse battery']
  assert.not(revertAgain(playbook, words, 'r1').includes('horse'))
})
