import { defineRole } from '../../../../lib/play/role.ts'
import { file } from '../../../../lib/resources/index.ts'
import { defineVars, int } from '../../../../lib/vars/schema.ts'

const vars = defineVars({ tasks: int({ default: 10, doc: 'How many tasks.' }) })

/** As many small tasks as one likes. */
export const scale = defineRole({
  name: 'scale',
  folder: import.meta.dirname,
  vars,
  async tasks({ vars: { tasks }, task }) {
    for (let i = 1; i <= tasks; i++)
      await task(`Leave file ${i}`, file({ path: `/srv/scale-${i}`, content: `${i}\n`, mode: 0o644 }))
  },
})
