import { askThere, factsOf, factsTable } from '../lib/cli/hosts/facts.ts'
import { onHosts } from '../lib/cli/hosts/script.ts'
import { main } from '../lib/cli/main.ts'

export default onHosts('Ask hosts what they are', {
  pattern: 'optional',
  visit: askThere,
  tell: (visited) => ({ name: 'Hosts', table: factsTable(visited), data: factsOf(visited) }),
})

await main(import.meta)
