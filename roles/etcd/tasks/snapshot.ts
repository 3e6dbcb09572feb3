import { command } from '../../../lib/resources/index.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { milliseconds } from '../../../lib/vars/duration.ts'
import type { EtcdContext } from '../context.ts'
import { ctlOf } from '../ctl.ts'
import { aboutOf, saveScript, snapshotOf, type Purpose } from '../snapshot.ts'
import { quote } from '../../../lib/host/command.ts'

/** Saves a snapshot on this host, once in a run, and tells where. */
export async function saveSnapshot(
  { task, vars, host, run }: EtcdContext,
  purpose: Purpose,
): Promise<{ readonly path: string; readonly saved: readonly Resource[] }> {
  const path = snapshotOf(purpose, run.id)
  const patienceS = milliseconds(vars.deadlines.sync) / 1000
  const ctl = ctlOf(vars, host.name, { patienceS })
  const saved = await task(
    'Save a snapshot',
    command({
      title: 'save a snapshot of etcd',
      run: { text: saveScript(vars, ctl, purpose, run.id) },
      creates: path,
      undo: { text: `rm -f ${quote(path)} ${quote(aboutOf(path))}` },
      timeout: vars.deadlines.sync,
    }),
  )
  return { path, saved }
}
