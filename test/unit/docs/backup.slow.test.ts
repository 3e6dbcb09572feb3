import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeKeyFile } from '../../../lib/cli/backup/key-file.ts'
import { readManifest } from '../../../lib/backup/index.ts'
import { ageProgram } from '../../lab/age.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { keeping, keptFile, source } from '../../support/kept-backups.ts'

const test = suite('docs/backup.md')
const page = readFileSync(join(import.meta.dirname, '../../../docs/backup.md'), 'utf8')

test(
  'a backup is restored by hand as the page says, with the program that the format is from',
  async () => {
    const [, command = ''] = /^(age --decrypt .*)$/m.exec(page) ?? []
    const age = await ageProgram()
    const folder = scratchFolder()
    const key = join(folder, 'key')
    const kept = await keeping({ recipients: [await writeKeyFile(key)] })
    const name = await kept.keep({ files: [source('snapshot.db', 'x'.repeat(200_000), 'the end')] })
    const words = command
      .replace('~/backup.key', key)
      .replace(/snapshot\.db\.age$/, keptFile(kept, name, 'snapshot.db.age'))
    execFileSync(age, words.split(' ').slice(1), { cwd: folder })
    const plain = readFileSync(join(folder, 'snapshot.db'))
    assert.is(plain.length, 200_007)
    const [file] = (await readManifest(kept.store, 'prod', name)).files
    assert.is(file?.plain.sha256, createHash('sha256').update(plain).digest('hex'))
  },
  { timeoutMs: 10 * 60_000 },
)

test('the page shows the verbs that there are', async () => {
  const { default: script } = await import('../../../playbooks/backup.ts')
  const shown = new Set([...page.matchAll(/playbooks\/backup\.ts (\w+)/g)].map(([, verb = '']) => verb))
  assert.equal([...shown].toSorted(), Object.keys(script.verbs).toSorted())
})

test('a backup on disk looks as the page draws it', async () => {
  const kept = await keeping()
  const name = await kept.keep({ run: 'RUN' })
  assert.match(page, `prod/${name}/`)
  for (const file of ['manifest.json', 'snapshot.db.age']) {
    assert.match(page, `\n  ${file} `)
    assert.ok(readFileSync(keptFile(kept, name, file)).length > 0)
  }
})
