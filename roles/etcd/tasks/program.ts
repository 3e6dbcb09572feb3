import { machine } from '../../../lib/host/facts/machine.ts'
import { archive, download, packages } from '../../../lib/resources/index.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import type { EtcdContext } from '../context.ts'
import { programFolder } from '../paths.ts'
import { archiveOf, archOf, hasUtility } from '../releases.ts'

/** Brings etcd and what administers it; returns what a running member has to take up. */
export async function bringProgram(context: EtcdContext, version: string): Promise<readonly Resource[]> {
  const { vars, task, fact, shared } = context
  const title = `Bring etcd ${version}`
  if (vars.method === 'package') {
    return task(title, packages({ names: ['etcd-server', 'etcd-client'], version: `${version}*` }))
  }
  const { name, url, sums } = archiveOf(vars, version, archOf(await fact(machine)))
  const source = `/usr/local/src/${name}`
  const packed = download({ path: source, url, checksums: { url: sums, name }, artifacts: shared.artifacts })
  const folder = name.replace(/\.tar\.gz$/, '')
  const programs = ['etcd', 'etcdctl', ...(hasUtility(version) ? ['etcdutl'] : [])]
  const unpacked = archive({
    source,
    to: programFolder(vars),
    name: 'etcd',
    strip: 1,
    only: programs.map((program) => `${folder}/${program}`),
    owner: 'root',
    group: 'root',
    mode: 0o755,
    after: [packed],
  })
  await task(title, packed, unpacked)
  return [unpacked]
}
