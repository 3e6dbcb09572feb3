import * as assert from 'uvu/assert'
import { alternative, stateIn } from '../../../docs/examples/alternative.ts'
import { kindOf } from '../../../lib/task/kind.ts'
import { NotYet } from '../../../lib/task/outcome.ts'
import { keepsContract } from '../../support/contract.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { suite } from '../../support/suite.ts'

const test = suite('docs/examples/alternative')

/** The fake host keeps which one was chosen where Debian keeps it. */
const choice = '/var/lib/dpkg/alternatives/awk'

// Captured from Debian 12, with the slaves left out.
function query(status: string, value: string): string {
  return `Name: awk\nLink: /usr/bin/awk\nStatus: ${status}\nBest: /usr/bin/gawk\nValue: ${value}\n
Alternative: /usr/bin/gawk\nPriority: 10\n
Alternative: /usr/bin/mawk\nPriority: 5\n`
}

function fixtures(host: FakeHost): void {
  host.on(/^for name in awk;/, () => {
    const chosen = host.files.read(choice)
    return `Asked: awk\n${query(chosen === undefined ? 'auto' : 'manual', chosen ?? '/usr/bin/gawk')}`
  })
  host.onChange(/^update-alternatives --set/, ([, , , path = '']) => (host.files.write(choice, path), ''))
  host.onChange(/^update-alternatives --auto/, () => (host.files.remove(choice), ''))
}

function awk(): FakeHost {
  const host = new FakeHost('h1')
  host.files.mkdir('/var/lib/dpkg/alternatives')
  fixtures(host)
  return host
}

test('it keeps the contract of every kind', () =>
  keepsContract({ host: awk(), resource: alternative({ name: 'awk', path: '/usr/bin/mawk' }), fixtures }))

test('a program that is no alternative is refused with those that are', () => {
  const { want } = kindOf('alternative')
  const state = stateIn('awk', query('auto', '/usr/bin/gawk'))
  assert.not(state instanceof Error)
  const wanted = () =>
    want(
      state as never,
      { name: 'awk', path: '/bin/awk' },
      { inputs: {}, keep: () => 'h:', hashOf: () => 'h:' },
    )
  assert.throws(wanted, (error: Error & { advice?: string }) =>
    error.advice?.includes('/usr/bin/gawk, /usr/bin/mawk'),
  )
})

test('a name that nobody has brought yet is still to come', () => {
  assert.instance(stateIn('editor', ''), NotYet)
})
