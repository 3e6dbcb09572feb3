import { main } from '../lib/cli/main.ts'
import { confirmed, playbook, stage } from '../lib/play/playbook.ts'
import { etcd } from '../roles/etcd/index.ts'
import { nameOfStore } from '../roles/etcd/roster.ts'

const hosts = 'etcd'

export default confirmed(
  playbook('Restore etcd from a backup', [
    stage('Refuse what cannot be restored', { hosts, roles: [etcd.judgeRestore], runOnce: true }),
    stage('Make the authority', { hosts, roles: [etcd.authority], runOnce: true }),
    stage('Stop all members', { hosts, roles: [etcd.stopped] }),
    stage('Restore all members', { hosts, roles: [etcd.restored] }),
  ]),
  nameOfStore,
)

await main(import.meta)
