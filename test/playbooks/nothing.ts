import { main } from '../../lib/cli/main.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'

/** A playbook that imports no role and no kind of resource. */
export default playbook('Nothing', [stage('Do nothing', { hosts: 'all', roles: [] })])

await main(import.meta)
