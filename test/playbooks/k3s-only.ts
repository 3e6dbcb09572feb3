import { main } from '../../lib/cli/main.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { k3s } from '../../roles/k3s/index.ts'
import { agents, initialServer, otherServers, servers } from '../../roles/k3s/roster.ts'

/** An install on hosts that are as they have to be. */
export default playbook('Install k3s alone', [
  stage('Start the initial server', { hosts: initialServer, roles: [k3s.node] }),
  stage('Join the other servers', { hosts: otherServers, roles: [k3s.node], serial: 1 }),
  stage('Join the agents', { hosts: agents, roles: [k3s.node] }),
  stage('See the cluster whole', { hosts: servers, roles: [k3s.whole], runOnce: true }),
])

await main(import.meta)
