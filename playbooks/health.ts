import { main } from '../lib/cli/main.ts'
import { inspection, stage } from '../lib/play/playbook.ts'
import { etcd } from '../roles/etcd/index.ts'
import { ownHosts } from '../roles/etcd/roster.ts'
import { k3s } from '../roles/k3s/index.ts'
import { nodes } from '../roles/k3s/roster.ts'

export default inspection('Look at the health of a cluster', [
  stage('See whether it is well', { hosts: nodes, roles: [k3s.health], runOnce: true }),
  stage('See whether its etcd is well', { hosts: ownHosts, roles: [etcd.status], anyOne: true }),
])

await main(import.meta)
