import { main } from '../../../../../lib/cli/main.ts'
import { playbook, stage } from '../../../../../lib/play/playbook.ts'
import { copy } from './role.ts'

export default playbook('Copy files', [stage('Copy', { hosts: 'all', roles: [copy] })])

await main(import.meta)
