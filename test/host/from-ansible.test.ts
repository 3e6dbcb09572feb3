import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { createLab, type Lab } from '../lab/lab.ts'
import { countOf, expectCode, PlaybookOnLab } from '../playbooks/on-lab.ts'
import { scratchFolder } from '../support/scratch.ts'
import { suite } from '../support/suite.ts'

const test = suite('the example for people who come from Ansible')
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 2 })
})
test.after(() => lab.destroy())

test(
  'what it shows runs: again without a change, rescued where a step fails, and back',
  async () => {
    const playbook = new PlaybookOnLab(lab, 'docs/examples/from-ansible.ts')
    const [first, second] = lab.hosts
    assert.ok(first && second)
    const secrets = join(scratchFolder(), 'secrets.yml')
    writeFileSync(secrets, 'site: { key: key-of-the-site }\n')
    const args = ['-e', `@${secrets}`]

    expectCode(await playbook.check(args), 0, 'the check')
    const run = await playbook.run(args)
    expectCode(run, 0, 'the run')
    assert.match(await first.must('cat /run/site.says'), `greets ${second.name}`)
    assert.is(await first.must('ls /etc/site/members'), `${first.name}\n${second.name}\n`)
    assert.is(countOf(await playbook.run(args), 'changed'), 0)

    await second.must('touch /etc/site/broken && rm /etc/site/index')
    const rescued = await playbook.run(args)
    expectCode(rescued, 0, 'the run that is rescued')
    assert.is(await second.must('cat /etc/site/index'), 'none\n')
    expectCode(await playbook.revert(rescued, args), 0, 'the revert of what was rescued')
    await second.must('rm /etc/site/broken')
    expectCode(await playbook.revert(run, args), 0, 'the revert')
    assert.is(await first.must('test -e /etc/site || echo gone'), 'gone\n')
  },
  { timeoutMs: 240_000 },
)
