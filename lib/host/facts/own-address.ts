import { sh } from '../command.ts'
import { defineFact } from '../fact.ts'

/** The first global IPv4 address of the host as the host itself sees it, so never that of a NAT before it. */
export const ownAddress = defineFact(
  'the own address',
  async (host) => {
    const { stdout } = await host.query(sh`ip -4 -o addr show scope global`)
    const address = /\binet (\d+\.\d+\.\d+\.\d+)/.exec(stdout)?.[1]
    if (address === undefined) throw new Error(`${host.name} has no global IPv4 address; set nodeIp for it.`)
    return address
  },
  { lasting: true, assumed: '192.0.2.1' },
)
