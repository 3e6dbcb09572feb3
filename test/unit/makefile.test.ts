import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { scratchFolder } from '../support/scratch.ts'
import { suite } from '../support/suite.ts'

const test = suite('makefile')
const asked = 'asked'

/** A project whose lock file is newer than its modules, and an npm that only notes that it was asked. */
function project(): string {
  const folder = scratchFolder()
  copyFileSync(join(import.meta.dirname, '../../Makefile'), join(folder, 'Makefile'))
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\n: > ${asked}\n`)
  chmodSync(join(folder, 'bin/npm'), 0o755)
  mkdirSync(join(folder, 'modules'))
  utimesSync(join(folder, 'modules'), 0, 0)
  writeFileSync(join(folder, 'package-lock.json'), '')
  return folder
}

/** Whether setting up asks npm to install. */
function installs(folder: string): boolean {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` }
  execFileSync('make', ['--no-print-directory', 'setup'], { cwd: folder, env, stdio: 'pipe' })
  return existsSync(join(folder, asked))
}

test('What is needed is installed where there is nothing, or where it is older than the lock file', () => {
  const folder = project()
  mkdirSync(join(folder, 'node_modules'))
  utimesSync(join(folder, 'node_modules'), 0, 0)
  assert.ok(installs(folder))
})

test('Modules behind a link are those of others: nothing is installed there', () => {
  const folder = project()
  symlinkSync('modules', join(folder, 'node_modules'))
  assert.not(installs(folder))
})

test('a playbook that a target starts is there, gets the inventory, and the help has a word on it', () => {
  const text = readFileSync(join(import.meta.dirname, '../../Makefile'), 'utf8')
  for (const name of ['preflight', 'prepare', 'install', 'health', 'unprepare']) {
    const args = ['--no-print-directory', '-n', name, 'INVENTORY=blue.ini']
    const root = join(import.meta.dirname, '../..')
    const said = execFileSync('make', args, { cwd: root, encoding: 'utf8' })
    assert.match(said, new RegExp(`playbooks/${name}\\.ts -i blue\\.ini$`, 'm'))
    assert.ok(existsSync(join(root, `playbooks/${name}.ts`)))
    assert.match(text, new RegExp(`^${name}: setup ## \\S`, 'm'))
    assert.match(text, new RegExp(`^\\.PHONY:.* ${name}\\b`, 'm'))
  }
})
