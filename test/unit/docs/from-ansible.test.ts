import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { parseCommandLine } from '../../../lib/cli/command-line.ts'
import { hostScriptFlags } from '../../../lib/cli/hosts/script.ts'
import { shellWords } from '../../../lib/inventory/shell-words.ts'
import { suite } from '../../support/suite.ts'

const test = suite('docs: from Ansible')
const root = join(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const page = read('docs/from-ansible.md')
const blocks = (language: string) =>
  [...page.matchAll(new RegExp('```' + language + '\n([\\s\\S]*?)```', 'g'))].map(([, text = '']) => text)

test('all code on the page is of the example that runs', () => {
  const example = read('docs/examples/from-ansible.ts')
  const code = blocks('ts')
  assert.ok(code.length > 5)
  for (const part of code) assert.ok(example.includes(part), `not as in the example:\n${part}`)
})

test('what stands beside it is YAML', () => {
  assert.is(blocks('yaml').length, 6)
  for (const text of blocks('yaml')) assert.ok(Array.isArray(parse(text)))
})

/** What is known of Ansible; each has its row. */
const words = (
  'play hosts serial delegate_to run_once when loop register notify handlers block rescue always tags check diff limit vault ' +
  'template become until retries set_fact hostvars groups include_role no_log environment async throttle assert'
).split(' ')

test('every word of Ansible has its row', () => {
  const left = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell).join('\n')
  assert.equal(
    words.filter((word) => !new RegExp(`\\b${word}\\b`).test(left)),
    [],
  )
})

const table = page.slice(page.indexOf('## Commands of a staged cluster'))
const commands = [...table.matchAll(/`(npx tsx [^`]+)`/g)].map(([, command = '']) => command)

/** What document 1 has its readers type. */
const typed = [
  'kubectl get nodes',
  'systemctl status k3s',
  'journalctl -u k3s -n 50',
  'systemctl is-active k3s',
  'ls -la /var/lib/rancher/k3s/server/node-token',
  'cat /var/lib/rancher/k3s/server/node-token',
]

test('each command of a staged cluster has its line, with scripts and flags that there are', () => {
  const after = commands.map((command) => {
    const [, , script = '', ...args] = shellWords(command).words
    assert.ok(existsSync(join(root, script)), command)
    if (!/(shell|ping)\.ts$/.test(script)) return void parseCommandLine(args)
    const pattern = { name: 'PATTERN', help: 'which' }
    const passthrough = { name: 'COMMAND', help: 'what', optional: true }
    const takes = { name: script, flags: hostScriptFlags }
    return parseCommandLine(args, { positionals: [pattern], passthrough, takes }).passthrough.join(' ')
  })
  assert.equal(
    after.filter((text) => text !== undefined && text !== ''),
    typed,
  )
  for (const wanted of ['deploy_stage=1', '--limit node2,node3', '--limit rke_agents']) {
    assert.ok(commands.some((command) => command.includes(wanted)))
  }
})
