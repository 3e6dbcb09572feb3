import * as assert from 'uvu/assert'
import { compareCases } from '../../support/ansible-inventory/rounds.ts'
import { suite } from '../../support/suite.ts'

const test = suite('inventories beside Ansible')
const seed = process.env['INVENTORY_SEED'] ?? String(Date.now())

test(
  'hosts, groups, variables and patterns are those of Ansible, on inventories that chance makes',
  async () => assert.is((await compareCases(120, seed)).cases, 120),
  { timeoutMs: 240_000 },
)
