import { join } from 'node:path'
import { defineRole } from '../../../../../lib/play/role.ts'
import { directory, file, tree } from '../../../../../lib/resources/index.ts'
import { defineVars, string } from '../../../../../lib/vars/schema.ts'

const vars = defineVars({ from: string({ default: '', doc: 'The folder with the files.' }) })

/** A large file, and many small ones. */
export const copy = defineRole({
  name: 'copy',
  folder: import.meta.dirname,
  vars,
  async tasks({ vars: { from }, task }) {
    await task('Make the folder', directory({ path: '/srv/bench', mode: 0o755 }))
    await task(
      'Copy the large file',
      file({ path: '/srv/bench/large.bin', source: join(from, 'large.bin'), mode: 0o644 }),
    )
    await task('Copy the small files', tree({ path: '/srv/bench/small', source: join(from, 'small') }))
  },
})
