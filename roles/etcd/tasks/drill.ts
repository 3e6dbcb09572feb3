import { command, directory } from '../../../lib/resources/index.ts'
import { restored } from '../../../lib/resources/backup/index.ts'
import { defineFact } from '../../../lib/host/fact.ts'
import { quote } from '../../../lib/host/command.ts'
import { findBackup, openStore, readManifest } from '../../../lib/backup/index.ts'
import type { Report } from '../../../lib/play/role.ts'
import type { EtcdContext } from '../context.ts'
import { programFolder, snapshotFolder, backupKind } from '../paths.ts'
import { aboutOf } from '../snapshot.ts'
import type { EtcdVars } from '../vars.ts'
import { chosenBackup, forgetSnapshot } from './restore.ts'

interface Drilled {
  readonly keys: number
  readonly revision: number
}

/** Restores a backup into a member of its own that nobody can reach, counts what it holds, and takes it away again. */
export async function drill(context: EtcdContext): Promise<void> {
  const { task, shared, run, vars, report, fact } = context
  const snapshot = `${snapshotFolder}/drill-${run.id}.db`
  const result = aboutOf(snapshot)
  const cluster = shared.cluster.name
  await task(
    'Bring the snapshot',
    directory({ path: snapshotFolder, mode: 0o700 }),
    restored({
      settings: shared.backup,
      cluster,
      backup: chosenBackup(context),
      kind: backupKind,
      file: 'etcd.db',
      path: snapshot,
    }),
  )
  await task(
    'Restore it into a member of its own',
    command({
      title: 'drill a restore of etcd',
      run: { text: drillScript(vars, snapshot, result) },
      creates: result,
      undo: { text: `rm -f ${quote(result)}` },
      timeout: vars.deadlines.sync,
    }),
  )
  await report('Hold it against what the backup says', async (): Promise<Report> => {
    const { keys, revision } = await fact(drilled(result))
    const { name } = await findBackup(
      openStore(shared.backup),
      { cluster, kind: backupKind },
      chosenBackup(context),
    )
    const { facts, created } = await readManifest(openStore(shared.backup), cluster, name)
    const saved = Number(facts['revision'])
    const data = [{ backup: name, created, keys, revision, 'revision in the backup': saved }]
    // A store that was never written to says 0 of itself in a snapshot, and 1 where it runs.
    if (Math.max(saved, 1) === revision) return { name: 'drill', data }
    const wrong = `${name} was saved at the revision ${saved}, and comes back at ${revision}.`
    return { name: 'drill', data, wrong }
  })
  await forgetSnapshot(context, snapshot)
}

function drilled(result: string) {
  return defineFact('what the drill found', async (host): Promise<Drilled> => {
    const [told] = await host.readFiles([result])
    return JSON.parse(told?.toString() ?? '') as Drilled
  })
}

/** The member listens on sockets in a folder that only root can enter, and ends with the script, however that ends. */
function drillScript(vars: EtcdVars, snapshot: string, result: string): string {
  const folder = programFolder(vars)
  const work = quote(`${snapshot}.drill`)
  return `set -eu
umask 077
rm -rf ${work}
mkdir ${work}
member=
trap '[ -z "$member" ] || kill "$member" 2> /dev/null; wait; rm -rf ${work}' EXIT
util=${folder}/etcdutl
[ -x $util ] || util=${folder}/etcdctl
ETCDCTL_API=3 $util snapshot restore ${quote(snapshot)} --name drill --initial-cluster drill=http://127.0.0.1:1 \\
  --initial-advertise-peer-urls http://127.0.0.1:1 --data-dir ${work}/data >&2
cd ${work}
${folder}/etcd --name drill --data-dir ${work}/data --listen-peer-urls unix://peer:0 --listen-client-urls unix://client:0 \\
  --advertise-client-urls unix://client:0 --initial-advertise-peer-urls http://127.0.0.1:1 > log 2>&1 &
member=$!
ctl="${folder}/etcdctl --endpoints unix://client:0 --command-timeout 5s"
export ETCDCTL_API=3
look=0
until $ctl endpoint health > /dev/null 2>&1; do
  look=$((look + 1))
  if [ $look -gt 100 ] || ! kill -0 $member 2> /dev/null; then tail -n 5 log >&2; exit 1; fi
  sleep 0.2
done
keys=$($ctl get '' --prefix --keys-only --limit 1 -w json | sed -n 's/.*"count":\\([0-9]*\\).*/\\1/p')
revision=$($ctl endpoint status -w json | sed -n 's/.*"revision":\\([0-9]*\\).*/\\1/p')
printf '{"keys":%s,"revision":%s}\\n' "\${keys:-0}" "$revision" > ${quote(result)}.half
mv ${quote(result)}.half ${quote(result)}`
}
