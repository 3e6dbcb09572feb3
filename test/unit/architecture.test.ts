import * as assert from 'uvu/assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { suite } from '../support/suite.ts'

const test = suite('architecture')
const root = join(import.meta.dirname, '../..')

/** From the bottom up: a room may import those below it. What is not named stands beside and imports nobody above host. */
const floors = ['transport', 'host', 'task', 'resources', 'kube', 'play', 'cli']
const highestForOthers = floors.indexOf('host')

interface Import {
  readonly file: string
  readonly line: number
  readonly target: string
  readonly typeOnly: boolean
  /** By a call, when it is needed. */
  readonly late: boolean
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'/gms),
  ].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    target: relative(root, resolve(root, file, '..', match[2] ?? match[3] ?? '')),
    typeOnly: match[1] !== undefined,
    late: match[3] !== undefined,
  }))
}

const imports = ['lib', 'roles', 'playbooks'].flatMap((folder) => sources(folder)).flatMap(importsOf)
const room = (file: string) => file.split('/')[1] ?? ''
const at = ({ file, line, target }: Import) => `${file}:${line} imports ${target}`
const in_ = (folder: string) => (file: string) => file.startsWith(`${folder}/`)

test('there are imports to look at', () => assert.ok(imports.length > 100))

test('lib imports neither roles nor playbooks', () => {
  const wrong = imports.filter(
    ({ file, target }) => in_('lib')(file) && !in_('lib')(target) && target.includes('/'),
  )
  assert.equal(wrong.filter(({ target }) => !target.endsWith('package.json')).map(at), [])
})

test('a role imports no other role, and no playbook', () => {
  const wrong = imports.filter(({ file, target }) => {
    return (
      in_('roles')(file) &&
      (in_('playbooks')(target) || (in_('roles')(target) && room(target) !== room(file)))
    )
  })
  assert.equal(wrong.map(at), [])
})

test('inside lib imports point down: transport, host, task, resources and kube, play, cli', () => {
  const wrong = imports.filter(({ file, target }) => {
    if (!in_('lib')(file) || !in_('lib')(target)) return false
    const [from, to] = [floors.indexOf(room(file)), floors.indexOf(room(target))]
    return from >= 0 && to > from
  })
  assert.equal(wrong.map(at), [])
})

test('what stands beside the floors imports nobody above host', () => {
  const wrong = imports.filter(({ file, target }) => {
    if (!in_('lib')(file) || floors.includes(room(file)) || !target.includes('/')) return false
    // A journal on disk is written in the words of the task layer, which it does not run.
    return (
      floors.indexOf(room(target)) > highestForOthers && !(room(file) === 'state' && room(target) === 'task')
    )
  })
  assert.equal(wrong.map(at), [])
})

test('resources know no product', () => {
  const products = /\b(etcd|k3s|rke2|kubeadm|kubelet|harbor|haproxy|keepalived|cilium)\b/i
  const wrong = sources('lib/resources').filter((file) =>
    products.test(readFileSync(join(root, file), 'utf8')),
  )
  assert.equal(wrong, [])
})

test("a role's index only orders: no resource is made in it", () => {
  const wrong = readdirSync(join(root, 'roles')).filter((role) => {
    const text = readFileSync(join(root, 'roles', role, 'index.ts'), 'utf8')
    return text.split('\n').length > 100 || /from '[^']*lib\/resources/.test(text)
  })
  assert.equal(wrong, [])
})

test('a playbook that is only asked for help imports nothing that is needed to run it', () => {
  const seen = new Set(['playbooks/install.ts'])
  // A module that is imported while they are looked at is looked at in its turn.
  for (const file of seen)
    for (const { target, typeOnly, late } of imports.filter((each) => each.file === file))
      if (!typeOnly && !late) seen.add(target)
  const heavy = [...seen].filter((file) =>
    /^lib\/(?:resources|report|state)\/|^roles\/\w+\/tasks\//.test(file),
  )
  assert.equal(heavy, [])
  assert.ok(seen.size > 10 && seen.size < 50, `${seen.size} modules`)
})

test('no file is longer than 300 lines', () => {
  const long = ['lib', 'roles', 'playbooks']
    .flatMap((folder) => sources(folder))
    .filter((file) => {
      return readFileSync(join(root, file), 'utf8').split('\n').length > 300
    })
  assert.equal(long, [])
})
