import { main } from '../lib/cli/main.ts'
import { inspection, stage } from '../lib/play/playbook.ts'
import { preflight } from '../roles/preflight/index.ts'

export default inspection('Judge the hosts', [
  stage('Refuse hosts that cannot work', { hosts: 'all', roles: [preflight] }),
])

await main(import.meta)
