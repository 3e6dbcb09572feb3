import * as assert from 'uvu/assert'
import { whyNotFrom } from '../../../../roles/etcd/releases.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/etcd: which version follows which')

test('one minor at a time, and patches within one', () => {
  assert.is(whyNotFrom('3.4.23', '3.5.16'), undefined)
  assert.is(whyNotFrom('3.5.16', '3.5.32'), undefined)
  assert.match(whyNotFrom('3.4.23', '3.6.5') ?? '', '3.5 first')
})

test('not back, and not to another major version', () => {
  assert.match(whyNotFrom('3.5.16', '3.4.23') ?? '', 'does not go back')
  assert.match(whyNotFrom('3.5.16', '4.0.0') ?? '', 'another major')
  assert.match(whyNotFrom('3.5.16', 'newest') ?? '', 'no version of etcd')
})

test('to 3.6 only from where nothing is left that it refuses', () => {
  assert.match(whyNotFrom('3.5.16', '3.6.5') ?? '', 'at least 3.5.32')
  assert.is(whyNotFrom('3.5.32', '3.6.5'), undefined)
})
