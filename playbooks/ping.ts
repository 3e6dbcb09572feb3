import { reachTable, reachThere } from '../lib/cli/hosts/reach.ts'
import { onHosts } from '../lib/cli/hosts/script.ts'
import { main } from '../lib/cli/main.ts'

export default onHosts('See which hosts can be reached', {
  pattern: 'optional',
  visit: reachThere,
  tell: (visited) => ({ name: 'Hosts', table: reachTable(visited), data: reachTable(visited) }),
})

await main(import.meta)
