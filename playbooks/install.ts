import { main } from '../lib/cli/main.ts'
import { playbook, stage } from '../lib/play/playbook.ts'
import { k3s } from '../roles/k3s/index.ts'
import { quorum } from '../roles/k3s/quorum.ts'
import { agents, initialServer, nodes, otherServers, servers } from '../roles/k3s/roster.ts'
import { preflight } from '../roles/preflight/index.ts'
import { systemTuning } from '../roles/system_tuning/index.ts'

export default playbook('Install a cluster', [
  stage('Refuse hosts that cannot work', { hosts: nodes, roles: [preflight, k3s.judge] }),
  stage('Make the hosts alike', { hosts: nodes, roles: [systemTuning] }),
  stage('Start the initial server', { hosts: initialServer, roles: [k3s.node] }),
  stage('Join the other servers', { hosts: otherServers, roles: [k3s.node], serial: 1, guards: [quorum] }),
  stage('Join the agents', { hosts: agents, roles: [k3s.node], serial: 10 }),
  stage('See the cluster whole', { hosts: servers, roles: [k3s.whole], runOnce: true }),
])

await main(import.meta)
