import { main } from '../lib/cli/main.ts'
import { plays, verbs } from '../lib/cli/verbs.ts'
import { inspection, playbook, putBack, stage } from '../lib/play/playbook.ts'
import { etcd } from '../roles/etcd/index.ts'
import { cleaned, clients, staying } from '../roles/etcd/roster.ts'
import { quorum } from '../roles/etcd/quorum.ts'

const hosts = 'etcd'
const guards = [quorum]
const oneByOne = { hosts, serial: 1, guards }

const create = playbook('Create a cluster of etcd', [
  stage('Refuse what would not be one cluster', { hosts, roles: [etcd.judge] }),
  stage('Make the authority', { hosts, roles: [etcd.authority], runOnce: true }),
  stage('Found the cluster', { hosts, roles: [etcd.founded] }),
  stage('Keep the members', { ...oneByOne, roles: [etcd.member] }),
  stage('Give clients their certificates', { hosts: clients, roles: [etcd.client] }),
])

const status = inspection('Look at a cluster of etcd', [
  stage('See how the members are', { hosts, roles: [etcd.status], anyOne: true }),
])

const scale = playbook('Change the members of etcd', [
  stage('Refuse what would not be one cluster', { hosts: staying, roles: [etcd.judgeChange] }),
  stage('Take members out', { hosts: staying, roles: [etcd.leave], anyOne: true }),
  putBack('Take etcd off their hosts', { hosts: cleaned, roles: [etcd.member] }),
  stage('Let others join', { ...oneByOne, hosts: staying, roles: [etcd.member] }),
])

const upgrade = playbook('Upgrade etcd', [
  stage('Refuse what cannot be upgraded', { hosts, roles: [etcd.judgeUpgrade] }),
  stage('Save a snapshot', { hosts, roles: [etcd.snapshot], anyOne: true }),
  stage('Upgrade the members', { ...oneByOne, roles: [etcd.member] }),
])

const renew = playbook('Renew the certificates of etcd', [
  stage('Refuse what would not be one cluster', { hosts, roles: [etcd.judgeChange] }),
  stage('Renew the certificates', { ...oneByOne, roles: [etcd.renewed] }),
  stage('Renew those of clients', { hosts: clients, roles: [etcd.clientRenewed] }),
])

const replaceAuthority = playbook('Replace the authority of etcd', [
  stage('Refuse what would not be one cluster', { hosts, roles: [etcd.judgeChange] }),
  stage('Make the next authority', { hosts, roles: [etcd.introduced], runOnce: true }),
  stage('Trust both authorities', { ...oneByOne, roles: [etcd.member] }),
  stage('Let clients trust both', { hosts: clients, roles: [etcd.client] }),
  stage('Issue with the next authority', { hosts, roles: [etcd.switched], runOnce: true }),
  stage('Renew the certificates', { ...oneByOne, roles: [etcd.member] }),
  stage('Renew those of clients', { hosts: clients, roles: [etcd.client] }),
  stage('Drop the former authority', { hosts, roles: [etcd.dropped], runOnce: true }),
  stage('Trust the next authority alone', { ...oneByOne, roles: [etcd.member] }),
  stage('Let clients trust it alone', { hosts: clients, roles: [etcd.client] }),
])

const defrag = playbook('Free what etcd no longer uses', [
  stage('Refuse what would not be one cluster', { hosts, roles: [etcd.judgeChange] }),
  stage('Give up history', { hosts, roles: [etcd.compacted], anyOne: true }),
  stage('Defragment the members', { ...oneByOne, roles: [etcd.defragmented] }),
  stage('Take back alarms', { hosts, roles: [etcd.alarmsTakenBack], anyOne: true }),
])

const connect = playbook('Ask an etcd of somebody else', [
  stage('Give clients their certificates', { hosts: clients, roles: [etcd.connected] }),
])

export default verbs('Keep a cluster of etcd', {
  create: plays(
    'a cluster on the hosts of the group etcd; members that stand are kept as they are to be',
    create,
  ),
  status: plays('every member, and what is wrong', status),
  scale: plays('hosts of the group that are no members join; -e node=NAME takes one out', scale),
  upgrade: plays('to etcd.version, one member at a time, after a snapshot', upgrade),
  renew: plays('certificates, one member at a time', renew),
  'replace-authority': plays('the authority, while both are trusted', replaceAuthority),
  connect: plays('hosts of the group server to an etcd of somebody else, etcd.external', connect),
  defrag: plays('history and space that nobody uses are given up', defrag),
})

await main(import.meta)
