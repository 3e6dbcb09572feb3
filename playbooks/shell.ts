import { runThere } from '../lib/cli/hosts/command.ts'
import { onHosts } from '../lib/cli/hosts/script.ts'
import { main } from '../lib/cli/main.ts'

export default onHosts('Run a command on hosts', {
  pattern: 'needed',
  command: { name: 'COMMAND', help: "a program and its words, or one word for a shell: 'a | b'" },
  visit: runThere,
})

await main(import.meta)
