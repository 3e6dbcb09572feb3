import { sh } from '../../lib/host/command.ts'
import { defineFact } from '../../lib/host/fact.ts'
import { nameServersIn } from '../../lib/host/facts/resolv-conf.ts'
import { defineCondition, type Condition } from '../../lib/task/gate.ts'

/** How many name servers a program hears of: libc reads no more. */
export const heardServers = 3

/** The name servers of the connections themselves, which NetworkManager passes over once it is given others. */
export const serversOfConnections = defineFact(
  'the name servers of the connections',
  async (host) => {
    const { stdout } = await host.query(sh`nmcli -t -f IP4.DNS,IP6.DNS device show`)
    return connectionServers(stdout)
  },
  { assumed: [] as readonly string[] },
)

/** Reads lines like `IP4.DNS[1]:10.2.2.2`. */
export function connectionServers(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/^IP[46]\.DNS\[\d+\]:(\S+)$/gm)].map(([, server = '']) => server))]
}

/** These servers are the first that stand in a file, as many as are heard. */
export function areAskedFirst(path: string, servers: readonly string[]): Condition {
  const wanted = servers.slice(0, heardServers).join(', ')
  return defineCondition('The order of name servers', async (host) => {
    const [text] = await host.readFiles([path])
    const found = nameServersIn(text?.toString() ?? '')
    if (found.slice(0, Math.min(servers.length, heardServers)).join(', ') === wanted) return { holds: true }
    return { holds: false, found: `${path} names ${found.join(', ') || 'none'}, and not ${wanted} first` }
  })
}
