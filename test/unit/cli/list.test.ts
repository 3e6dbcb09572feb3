import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { list, type Listed, type Listing } from '../../../lib/cli/list.ts'
import { suite } from '../../support/suite.ts'

const test = suite('cli/list')

const listing: Listing = {
  playbook: 'site.yml',
  stages: [
    {
      title: 'Prepare the hosts',
      pattern: 'all',
      hosts: ['node1', 'node2', 'node3'],
      tags: ['b', 'a'],
      tasks: [
        { title: 'Do one', tags: ['x'] },
        { title: 'Do two', tags: [] },
      ],
    },
    {
      title: 'Both',
      pattern: ['server', 'agent'],
      hosts: ['node1', 'node2', 'node3'],
      tags: [],
      tasks: [{ title: 'Do three', tags: ['z', 'y'] }],
    },
    {
      title: 'Rolez',
      pattern: 'nowhere',
      hosts: [],
      tags: [],
      tasks: [{ role: 'r1', title: 'In a role', tags: [] }],
    },
  ],
}

/** What ansible-playbook prints for the same plays; it shows the tags of a play in no fixed order. */
function ansible(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../fixtures/ansible-core-2.14', `${name}.txt`), 'utf8')
}

const cases: Readonly<Record<string, Listed>> = {
  'list-hosts': { hosts: true },
  'list-tasks': { tasks: true },
  'list-tags': { tags: true },
  'list-all': { hosts: true, tasks: true, tags: true },
}
for (const [name, listed] of Object.entries(cases)) {
  test(`${name} is what Ansible prints, to the byte`, () => assert.is(list(listing, listed), ansible(name)))
}

test('a pattern is quoted as Python quotes it', () => {
  const first = { title: 'x', hosts: [], tags: [], tasks: [] }
  const quoted = (pattern: string) =>
    list({ playbook: 'p', stages: [{ ...first, pattern }] }, { hosts: true }).match(/pattern: (.*)/)?.[1]
  assert.is(quoted(`~web\\d+`), String.raw`['~web\\d+']`)
  assert.is(quoted(`it's`), `["it's"]`)
})
