import { main } from '../lib/cli/main.ts'
import { playbook, stage } from '../lib/play/playbook.ts'
import { preflight } from '../roles/preflight/index.ts'
import { systemTuning } from '../roles/system_tuning/index.ts'

export default playbook('Prepare the hosts', [
  stage('Refuse hosts that cannot work', { hosts: 'all', roles: [preflight] }),
  stage('Make the hosts alike', { hosts: 'all', roles: [systemTuning] }),
])

await main(import.meta)
