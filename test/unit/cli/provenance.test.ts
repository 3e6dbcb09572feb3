import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { commitOf, jobOf, provenance } from '../../../lib/cli/provenance.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('cli/provenance')

const title = 'a run notes the commit that its playbook stands in, and whether all is committed'
if (spawnSync('git', ['--version']).status === 0) test(title, notesCommit)
else test.skip(title, 'there is no git on this machine')

async function notesCommit(): Promise<void> {
  const folder = scratchFolder()
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...words], {
      cwd: folder,
      encoding: 'utf8',
    })
  git('init', '-q')
  mkdirSync(join(folder, 'playbooks'))
  const playbook = join(folder, 'playbooks/p.ts')
  writeFileSync(playbook, '1')
  git('add', '.')
  git('commit', '-qm', 'One')
  const id = git('rev-parse', 'HEAD').trim()
  assert.equal(await commitOf(playbook), { id, dirty: false })
  writeFileSync(join(folder, 'more'), '2')
  assert.equal(await commitOf(playbook), { id, dirty: true })
}

test('outside a repository, or without git, there is no commit', async () => {
  assert.is(await commitOf(join(scratchFolder(), 'p.ts')), undefined)
  const { PATH } = process.env
  process.env['PATH'] = scratchFolder()
  try {
    assert.is(await commitOf(import.meta.filename), undefined)
  } finally {
    process.env['PATH'] = PATH
  }
})

test('the job is named where one runs it, with whoever started it', () => {
  const gitlab = { GITLAB_CI: 'true', CI_JOB_URL: 'u', GITLAB_USER_LOGIN: 'ada' }
  assert.equal(jobOf(gitlab), { url: 'u', user: 'ada' })
  assert.equal(jobOf({ JENKINS_URL: 'j', BUILD_URL: 'b' }), { url: 'b' })
  assert.is(jobOf({ BUILD_URL: 'b' }), undefined)
  assert.is(jobOf({ CI_JOB_URL: 'u' }), undefined)
  assert.match(provenance({}).versions?.troupe ?? '', /^\d+\.\d+\.\d+$/)
})
