import { quote } from '../../../lib/host/command.ts'
import { defineResource } from '../../../lib/task/kind.ts'
import { milliseconds, type Duration } from '../../../lib/vars/duration.ts'
import { owner, unitName } from '../paths.ts'

interface Args {
  readonly dataDir: string
  /** In whose name it is done, and once. */
  readonly run: string
  /** etcdutl on the host. */
  readonly program: string
  readonly snapshot: string
  readonly name: string
  readonly peerUrl: string
  readonly initialCluster: string
  readonly token: string
  readonly timeout: Duration
}

type Ref = { readonly dataDir: string; readonly timeoutMs: number }

type Order = { readonly [K in Exclude<keyof Args, 'dataDir' | 'run' | 'timeout'>]: Args[K] }

type DataState = { readonly is: 'data'; readonly restored: string | null; readonly hint?: Order }

/**
 * So far all clients may have seen revisions; what comes after a restore is to be newer than any of them, and whoever
 * watched from an old one is told.
 */
const bump = '--bump-revision 1000000000 --mark-compacted'

/** The data of a member as a snapshot has them, once in a run; what stood there is set aside beside them. */
export const restoredData = defineResource('etcdRestoredData', {
  make({ dataDir, run, timeout, ...order }: Args) {
    const ref: Ref = { dataDir, timeoutMs: milliseconds(timeout) }
    return { key: dataDir, ref, spec: { run, order: order as Order } }
  },

  async read(host, refs: readonly Ref[]) {
    const marks = await host.readFiles(refs.map(({ dataDir }) => `${dataDir}/restored`))
    return marks.map((mark): DataState => ({ is: 'data', restored: mark?.toString().trim() ?? null }))
  },

  want: (actual: DataState, { run, order }): DataState =>
    actual.restored === run ? actual : { is: 'data', restored: run, hint: order },

  async apply(host, { dataDir, timeoutMs }, { from, to }) {
    const text =
      to.restored !== null && to.hint !== undefined
        ? restoreScript(dataDir, to.restored, to.hint)
        : backScript(dataDir, from.restored ?? '', to.restored)
    await host.exec({ text }, { job: 'restore etcd', timeoutMs })
  },

  claim: ({ dataDir }) => [`etcd-data:${dataDir}`],
})

/** Whatever was done of it already is not done twice, so that it may be cut short anywhere. */
function restoreScript(dataDir: string, run: string, order: Order): string {
  const { program, snapshot, name, peerUrl, initialCluster, token } = order
  return `set -eu
cd ${quote(dataDir)}
[ "$(cat restored 2> /dev/null)" != ${quote(run)} ] || exit 0
systemctl stop ${unitName}
rm -rf restoring
${quote(program)} snapshot restore ${quote(snapshot)} --name ${quote(name)} --initial-cluster ${quote(initialCluster)} \\
  --initial-cluster-token ${quote(token)} --initial-advertise-peer-urls ${quote(peerUrl)} --data-dir restoring ${bump} >&2
if [ -d member ] && [ ! -e ${quote(before(run))} ]; then mv member ${quote(before(run))}; fi
rm -rf member
mv restoring/member member
rm -rf restoring
chown -R ${owner}:${owner} member
echo ${quote(run)} > restored
sync`
}

/** The data that stood before stand again, and the restored ones are set aside. */
function backScript(dataDir: string, run: string, earlier: string | null): string {
  return `set -eu
cd ${quote(dataDir)}
systemctl stop ${unitName} 2> /dev/null || true
rm -rf restoring
if [ -d ${quote(before(run))} ]; then
  if [ -d member ]; then mv member ${quote(`undone-${run}`)}; fi
  mv ${quote(before(run))} member
elif [ "$(cat restored 2> /dev/null)" = ${quote(run)} ]; then
  mv member ${quote(`undone-${run}`)}
fi
${earlier === null ? 'rm -f restored' : `echo ${quote(earlier)} > restored`}`
}

function before(run: string): string {
  return `before-${run}`
}
