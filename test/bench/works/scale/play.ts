import { main } from '../../../../lib/cli/main.ts'
import { playbook, stage } from '../../../../lib/play/playbook.ts'
import { scale } from './role.ts'

export default playbook('Leave files', [stage('Leave files', { hosts: 'all', roles: [scale] })])

await main(import.meta)
