import { main } from '../lib/cli/main.ts'
import { playbook, putBack, stage } from '../lib/play/playbook.ts'
import { k3s } from '../roles/k3s/index.ts'
import { leavingHosts, stayingServers } from '../roles/k3s/leaving.ts'

export default playbook('Remove nodes from a cluster', [
  stage('Take them out of the cluster', { hosts: stayingServers, roles: [k3s.leave], anyOne: true }),
  stage('Take the cluster off the hosts', { hosts: leavingHosts, roles: [k3s.left] }),
  putBack('Undo the install on them', { hosts: leavingHosts, roles: [k3s.node] }),
  stage('Name what stays on them', { hosts: leavingHosts, roles: [k3s.rest] }),
])

await main(import.meta)
