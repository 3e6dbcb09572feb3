import { defineRole } from '../../../../../lib/play/role.ts'
import { file } from '../../../../../lib/resources/files/file.ts'
import { bool, defineVars } from '../../../../../lib/vars/schema.ts'

const vars = defineVars({ enabled: bool({ default: false, doc: 'Whether the files are left.' }) })

/** Twenty tasks, each with a condition that is false everywhere. */
export const skip = defineRole({
  name: 'skip',
  folder: import.meta.dirname,
  vars,
  async tasks({ vars: { enabled }, task }) {
    for (let n = 1; n <= 20; n++) {
      if (enabled) await task(`Leave file ${n}`, file({ path: `/etc/skip/${n}`, content: `${n}\n` }))
    }
  },
})
