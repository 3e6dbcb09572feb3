import * as assert from 'uvu/assert'
import { compareVersions, fitsVersion, isOlder } from '../../../../lib/resources/package/versions.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('package versions')

test('A version fits what is asked for exactly, without its build, or by a pattern', () => {
  for (const asked of ['1.34.2-1.1', '1.34.2', '1.34.*', '1.*-1.1', '*'])
    assert.ok(fitsVersion('1.34.2-1.1', asked), asked)
  for (const asked of ['1.34', '1.34.', '1.34.20', '1.34.2-1', '1.35.*', '1x34.*', '2:1.34.2'])
    assert.not(fitsVersion('1.34.2-1.1', asked), asked)
})

test('Versions are ordered as package tools order them', () => {
  const ordered = ['1.0~rc1', '1.0', '1.0-1', '1.0a', '1.2', '1.10', '1.10+b1', '2.0', '1:0.1']
  for (const [index, version] of ordered.entries()) {
    assert.is(compareVersions(version, version), 0)
    for (const later of ordered.slice(index + 1)) {
      assert.ok(compareVersions(version, later) < 0, `${version} < ${later}`)
      assert.ok(compareVersions(later, version) > 0, `${later} > ${version}`)
    }
  }
})

test('A pattern is older than what comes after all that fit it', () => {
  assert.ok(isOlder('1.34.*', '1.35.0-1.1'))
  assert.ok(isOlder('1.9.*', '1.10.0'))
  assert.not(isOlder('1.35.*', '1.34.9-1.1'))
  assert.not(isOlder('1.34.3', '1.34.2-1.1'))
})
