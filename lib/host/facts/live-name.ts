import { defineFact } from '../fact.ts'

const path = '/proc/sys/kernel/hostname'

/** The name that the host bears now. */
export const liveName = defineFact(
  'the name',
  async (host) => {
    const [live] = await host.readFiles([path])
    if (live === undefined) throw new Error(`${host.name} has no ${path}, so its name cannot be told.`)
    return live.toString().trim()
  },
  { assumed: 'localhost' },
)
