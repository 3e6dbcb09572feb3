import { main } from '../../../../../lib/cli/main.ts'
import { playbook, stage } from '../../../../../lib/play/playbook.ts'
import { skip } from './role.ts'

export default playbook('Skip everything', [stage('Skip', { hosts: 'all', roles: [skip] })])

await main(import.meta)
