import { main } from '../lib/cli/main.ts'
import { playbook, putBack } from '../lib/play/playbook.ts'
import { systemTuning } from '../roles/system_tuning/index.ts'

export default playbook('Put the hosts back as they were', [
  putBack('Undo what prepares them', { hosts: 'all', roles: [systemTuning] }),
])

await main(import.meta)
