import { main } from '../lib/cli/main.ts'
import { playbook, stage } from '../lib/play/playbook.ts'
import { systemTuning } from '../roles/system_tuning/index.ts'

export default playbook('Prepare the hosts', [
  stage('Let the clocks follow one source', { hosts: 'all', roles: [systemTuning] }),
])

await main(import.meta)
