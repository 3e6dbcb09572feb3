import * as assert from 'uvu/assert'
import { parseOsRelease } from '../../../lib/host/facts/os.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the operating system')

const releases = {
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n': ['debian', '12', 'debian'],
  'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n': ['ubuntu', '24.04', 'debian'],
  'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n': ['rocky', '9.4', 'redhat'],
  "ID='openEuler'\nVERSION_ID='22.03'\n": ['openEuler', '22.03', 'redhat'],
  '# a comment\nID=alpine\nVERSION_ID=3.20.1\n': ['alpine', '3.20.1', 'other'],
} as const
for (const [text, [id, version, family]] of Object.entries(releases)) {
  test(`${id} ${version} is of the family ${family}`, () => {
    assert.equal(parseOsRelease(text), { id, version, family })
  })
}
