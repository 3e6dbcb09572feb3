import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { parseCommandLine } from '../../../lib/cli/command-line.ts'
import { shellWords } from '../../../lib/inventory/shell-words.ts'
import { suite } from '../../support/suite.ts'

const test = suite('docs: files for CI')
const root = join(import.meta.dirname, '../../..')
const read = (name: string) => readFileSync(join(root, 'docs/examples', name), 'utf8')

interface Job {
  readonly extends: string
  readonly stage: string
  readonly script: readonly string[]
  readonly rules?: readonly { readonly if: string; readonly when?: string }[]
}

interface Pipeline {
  readonly stages: readonly string[]
  readonly preflight: Job
  readonly deploy: Job
  readonly drift: Job
  readonly '.cluster': {
    readonly artifacts: { readonly paths: readonly string[]; readonly when: string }
  }
}

const gitlab = parse(read('gitlab-ci.yml')) as Pipeline
const jenkins = read('Jenkinsfile')
const jenkinsCommands = [...jenkins.matchAll(/sh '(npx tsx [^']*)'/g)].map(([, command = '']) => command)

/** The playbook that a command starts, with its options and the file that its events go to. */
function started(command: string) {
  const [line = '', output = ''] = command.split(' > ')
  const [npx, tsx, playbook = '', ...args] = shellWords(line).words
  assert.equal([npx, tsx], ['npx', 'tsx'])
  assert.ok(existsSync(join(root, playbook)), `${playbook} is not there`)
  return { playbook, output, options: parseCommandLine(args).options }
}

for (const [name, commands, artifacts] of [
  [
    'GitLab',
    [gitlab.preflight, gitlab.deploy, gitlab.drift].flatMap(({ script }) => script),
    gitlab['.cluster'].artifacts.paths,
  ],
  ['Jenkins', jenkinsCommands, (/artifacts: '([^']*)'/.exec(jenkins)?.[1] ?? '').split(', ')],
] as const) {
  test(`${name} judges, checks, installs and looks, with playbooks and flags that there are`, () => {
    const runs = commands.map(started)
    assert.equal(
      runs.map(({ playbook, options }) => [playbook, options.check, options.yes]),
      [
        ['playbooks/preflight.ts', false, false],
        ['playbooks/install.ts', true, false],
        ['playbooks/install.ts', false, true],
        ['playbooks/health.ts', false, false],
        ['playbooks/install.ts', true, false],
      ],
    )
    assert.equal(
      runs.map(({ options }) => options.detailedExitcode),
      [false, false, false, false, true],
    )
    for (const { options } of runs) {
      assert.ok(options.json)
      assert.match(options.junit ?? '', /\.xml$/)
      // Files that the CI gives: their paths stand on the command line, their contents nowhere.
      assert.equal([options.privateKey, options.extraVars], ['$SSH_KEY', ['@$SECRETS']])
    }
    assert.equal(
      runs.map(({ output }) => output),
      artifacts,
    )
  })
}

test('GitLab deploys on main alone, when somebody says so, after it has looked; reports are kept in any case', () => {
  assert.equal(gitlab.stages, ['look', 'deploy', 'drift'])
  assert.equal([gitlab.preflight.stage, gitlab.deploy.stage], ['look', 'deploy'])
  const onMain = '$CI_COMMIT_BRANCH == "main" && $CI_PIPELINE_SOURCE != "schedule"'
  assert.equal(gitlab.deploy.rules, [{ if: onMain, when: 'manual' }])
  for (const job of [gitlab.preflight, gitlab.deploy, gitlab.drift]) assert.is(job.extends, '.cluster')
  assert.is(gitlab['.cluster'].artifacts.when, 'always')
})

test('drift is looked for on a schedule, and nothing else is done then', () => {
  const bySchedule = '$CI_PIPELINE_SOURCE == "schedule"'
  assert.equal([gitlab.drift.stage, gitlab.drift.rules], ['drift', [{ if: bySchedule }]])
  assert.equal(gitlab.preflight.rules, [{ if: bySchedule.replace('==', '!=') }])
  const stages = jenkins.split(/(?=stage\(')/).slice(2)
  assert.equal(
    stages.map((text) => [/'(\w+)'/.exec(text)?.[1], /(?:not \{ )?triggeredBy 'TimerTask'/.exec(text)?.[0]]),
    [
      ['Look', "not { triggeredBy 'TimerTask'"],
      ['Deploy', "not { triggeredBy 'TimerTask'"],
      ['Drift', "triggeredBy 'TimerTask'"],
    ],
  )
  assert.match(jenkins, /cron\(env\.BRANCH_NAME == 'main' \? 'H 3 \* \* \*' : ''\)/)
})

test('Jenkins deploys on main alone, and asks before it does', () => {
  const deploy = jenkins.slice(jenkins.indexOf("stage('Deploy')"), jenkins.indexOf("stage('Drift')"))
  assert.match(
    deploy,
    /when \{\s+branch 'main'\s+not \{ triggeredBy 'TimerTask' \}\s+beforeInput true\s+\}\s+input \{/,
  )
  assert.is(deploy.split('npx tsx').length - 1, 2)
  assert.is(jenkins.split('{').length, jenkins.split('}').length)
  assert.match(jenkins, /always \{\s+junit /)
})
