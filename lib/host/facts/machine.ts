import { sh } from '../command.ts'
import { defineFact } from '../fact.ts'

/** What programs have to be made for to run on the host, as `uname` calls it: x86_64, aarch64. */
export const machine = defineFact(
  'the machine',
  async (host) => (await host.query(sh`uname -m`)).stdout.trim(),
  { lasting: true, assumed: 'x86_64' },
)
