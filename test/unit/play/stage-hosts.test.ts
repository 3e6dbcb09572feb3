import * as assert from 'uvu/assert'
import { UserError } from '../../../lib/errors.ts'
import { loadInventory } from '../../../lib/inventory/inventory.ts'
import { hostsOf } from '../../../lib/play/stage-hosts.ts'
import { stage, type Choice } from '../../../lib/play/playbook.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/stage-hosts')
const inventory = await loadInventory(['h1,h2,'])
const limit = new Set(['h1', 'h2'])

/** Of h1 the part is encrypted, and so is a password of which no choice asks. */
const member = (name: string) => {
  const part = name === 'h1' ? new Secret('part-that-is-secret', 'group_vars/all.yml:3') : 'server'
  return { name, address: name, vars: { part, ansible_password: new Secret('hush-hush', 'hosts.ini:1') } }
}
const chosenBy = (choice: Choice) =>
  hostsOf(stage('One', { hosts: choice, roles: [] }), { inventory, limit, member })

test('a choice by a secret is refused with its name and place, and not taken for no', () => {
  const byPart: Choice = (roster) =>
    roster.group('all').flatMap(({ name, vars }) => (vars['part'] === 'server' ? [name] : []))
  try {
    chosenBy(byPart)
    assert.unreachable('it was not refused')
  } catch (error) {
    assert.instance(error, UserError)
    assert.match(String(error), /part of h1 is a secret \(group_vars\/all\.yml:3\)/)
    assert.not.match(String(error), 'server')
  }
})

test('secrets that nobody asks for hinder no choice', () => {
  const all: Choice = (roster) => roster.group('all').map(({ name, vars }) => ({ ...vars, name }).name)
  assert.equal(chosenBy(all), ['h1', 'h2'])
})
