import { main } from '../lib/cli/main.ts'
import { playbook, stage } from '../lib/play/playbook.ts'
import { k3s } from '../roles/k3s/index.ts'
import { quorum } from '../roles/k3s/quorum.ts'
import { agents, initialServer, nodes, otherServers } from '../roles/k3s/roster.ts'
import { preflight } from '../roles/preflight/index.ts'
import { systemTuning } from '../roles/system_tuning/index.ts'

export default playbook('Add nodes to a cluster', [
  stage('Refuse hosts that cannot work', { hosts: nodes, roles: [preflight, k3s.judgeJoining] }),
  stage('Make the hosts alike', { hosts: nodes, roles: [systemTuning] }),
  stage('Join again who was the initial server', { hosts: initialServer, roles: [k3s.node] }),
  stage('Join the servers', { hosts: otherServers, roles: [k3s.node], serial: 1, guards: [quorum] }),
  stage('Join the agents', { hosts: agents, roles: [k3s.node], serial: 10 }),
])

await main(import.meta)
