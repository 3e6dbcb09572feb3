import * as assert from 'uvu/assert'
import { parseStats } from '../../../lib/host/stat.ts'
import { suite } from '../../support/suite.ts'

const test = suite('host/stat')
const sum = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function stats(stdout: string, paths = ['/a']) {
  return parseStats('node1', paths, { code: 0, stdout, stderr: '' }, (sha256) => `h:${sha256}`)
}

test('What stands at each path is told, whatever is in its name', () => {
  const [file, link, folder, none] = stats(
    `regular file|644|root|root|/a|b\nsymbolic link|777|root|root|/l\ndirectory|1777|root|adm|/d\n--\n\\${sum}  /a|b\n--\n--to\n`,
    ['/a|b', '/l', '/d', '/none'],
  )
  assert.equal(file, { type: 'file', hash: `h:${sum}`, mode: 0o644, owner: 'root', group: 'root' })
  assert.equal(link, { type: 'link', target: '--to' })
  assert.equal(folder, { type: 'directory', mode: 0o1777, owner: 'root', group: 'adm' })
  assert.equal(none, { type: 'absent' })
})

test('What was there at the first look only is an error, not an empty hash or a link to nowhere', () => {
  assert.throws(
    () => stats('regular file|644|root|root|/a\n--\n--\n'),
    /On node1 what stands at \/a cannot be told/,
  )
  assert.throws(() => stats('regular file|644|root|root|/a\n--\nsha256sum: /a\n--\n'), /cannot be told/)
  assert.throws(() => stats('symbolic link|777|root|root|/a\n--\n--\n'), /cannot be told/)
})

test('A mode that is none is an error', () =>
  assert.throws(
    () => stats('directory|drwx|root|root|/a\n--\n--\n'),
    /On node1 stat answers what cannot be read/,
  ))
