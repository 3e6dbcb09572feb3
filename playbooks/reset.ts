import { main } from '../lib/cli/main.ts'
import { confirmed, playbook, putBack, stage } from '../lib/play/playbook.ts'
import { k3s } from '../roles/k3s/index.ts'
import { nameOfCluster, untuned } from '../roles/k3s/leaving.ts'
import { agents, initialServer, nodes, otherServers } from '../roles/k3s/roster.ts'
import { systemTuning } from '../roles/system_tuning/index.ts'

const onFailure = 'continue'

export default confirmed(
  playbook('Take a cluster away', [
    stage('Take the agents away', { hosts: agents, roles: [k3s.taken], onFailure }),
    stage('Take the other servers away', { hosts: otherServers, roles: [k3s.taken], onFailure }),
    stage('Take the initial server away', { hosts: initialServer, roles: [k3s.taken], onFailure }),
    putBack('Undo the install', { hosts: nodes, roles: [k3s.node], onFailure }),
    stage('Name what stays', { hosts: nodes, roles: [k3s.rest], onFailure }),
    putBack('Undo what prepares them', { hosts: untuned, roles: [systemTuning], onFailure }),
  ]),
  nameOfCluster,
)

await main(import.meta)
