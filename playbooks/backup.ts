import { join } from 'node:path'
import { backupGround, storeFlags } from '../lib/cli/backup/ground.ts'
import { writeKeyFile } from '../lib/cli/backup/key-file.ts'
import { listed, verified } from '../lib/cli/backup/look.ts'
import { pruneAll } from '../lib/cli/backup/pruning.ts'
import { main } from '../lib/cli/main.ts'
import { plays, verb, verbs } from '../lib/cli/verbs.ts'
import { playbook, stage } from '../lib/play/playbook.ts'
import { etcd } from '../roles/etcd/index.ts'

const project = join(import.meta.dirname, '..')

const create = playbook('Back up what the cluster rests on', [
  stage('Back up etcd', { hosts: 'etcd', roles: [etcd.backedUp], anyOne: true }),
])

const drill = playbook('Drill a restore', [
  stage('Restore beside the cluster', { hosts: 'etcd', roles: [etcd.drilled], anyOne: true }),
])

export default verbs('Make backups, keep an eye on them, and make keys for them', {
  create: plays('a backup of etcd, encrypted; older ones go as backup.keep says', create),

  drill: plays('restores a backup beside the cluster, counts what it holds, and takes it away again', drill),

  key: verb({
    help: 'a new key: its secret part goes into FILE, its public part is printed',
    words: [{ name: 'FILE', help: 'a file that is not there yet' }],
    async run({ words, print }) {
      print('Recipient', await writeKeyFile(words.FILE))
      return 0
    },
  }),

  list: verb({
    help: 'every backup of the cluster, the newest first, and what was never finished',
    words: [{ name: 'KIND', help: 'only those of it', optional: true }],
    flags: storeFlags,
    async run({ words, options, report }) {
      report('Backups', await listed(await backupGround(options, project), words.KIND))
      return 0
    },
  }),

  verify: verb({
    help: 'whether backups are as they were written; with the identity they are decrypted, too',
    words: [{ name: 'NAME', help: 'a backup, or last: the newest of each kind', optional: true }],
    flags: storeFlags,
    async run({ words, options, report }) {
      const { rows, isWell } = await verified(await backupGround(options, project), words.NAME ?? 'last')
      report('Verified', rows)
      return isWell ? 0 : 2
    },
  }),

  prune: verb({
    help: 'takes away what backup.keep does not keep; the newest of each kind always stays',
    flags: [...storeFlags, 'check'],
    async run({ options, report }) {
      const names = await pruneAll(await backupGround(options, project), options.check)
      report(
        options.check ? 'Would be pruned' : 'Pruned',
        names.map((name) => ({ name })),
      )
      return 0
    },
  }),
})

await main(import.meta)
