import { main } from '../../../../../lib/cli/main.ts'
import { playbook, stage } from '../../../../../lib/play/playbook.ts'
import { tune } from './role.ts'

export default playbook('Tune the hosts', [stage('Tune', { hosts: 'all', roles: [tune] })])

await main(import.meta)
