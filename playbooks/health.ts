import { main } from '../lib/cli/main.ts'
import { inspection, stage } from '../lib/play/playbook.ts'
import { k3s } from '../roles/k3s/index.ts'
import { nodes } from '../roles/k3s/roster.ts'

export default inspection('Look at the health of a cluster', [
  stage('See whether it is well', { hosts: nodes, roles: [k3s.health], runOnce: true }),
])

await main(import.meta)
