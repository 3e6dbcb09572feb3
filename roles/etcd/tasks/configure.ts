import { directory, template } from '../../../lib/resources/index.ts'
import { installation } from '../../../lib/kube/installation.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { milliseconds } from '../../../lib/vars/duration.ts'
import type { EtcdContext } from '../context.ts'
import type { Seen } from '../cluster.ts'
import { membersNow } from '../ctl.ts'
import {
  certOf,
  configFile,
  configFolder,
  heldBy,
  keyOf,
  owner,
  programFolder,
  trustedFile,
  unitFile,
  unitName,
} from '../paths.ts'
import { certified } from './certify.ts'

/** Writes all that the member reads: certificates, its configuration and its unit; returns what it takes up by a restart. */
export async function configure(
  context: EtcdContext,
  seen: Seen,
  renew?: { readonly run: string },
): Promise<readonly Resource[]> {
  const { vars, task, host } = context
  const { trusted, all } = certified(context, seen.address, heldBy('members'), renew)
  const config = template({
    path: configFile,
    from: 'etcd.conf.yml.ejs',
    values: {
      settings: Object.entries({
        ...settingsOf(context, seen),
        ...(await beginningOf(context, seen)),
        ...vars.settings,
      }),
      trusted: trustedFile,
      cert: certOf('member', host.name),
      key: keyOf('member', host.name),
    },
  })
  const service = template({
    path: unitFile,
    from: 'etcd.service.ejs',
    values: {
      user: owner,
      program: `${programFolder(vars)}/etcd`,
      config: configFile,
      startSeconds: milliseconds(vars.deadlines.start) / 1000,
    },
  })
  await task(
    'Configure the member',
    directory({ path: configFolder }),
    ...all,
    installation({
      name: 'etcd',
      units: [unitName],
      paths: [vars.dataDir],
      mark: vars.dataDir,
      keeps: { from: vars.dataDir, folders: ['member'] },
    }),
    directory({ path: vars.dataDir, owner, group: owner, mode: 0o700 }),
    config,
    service,
  )
  // A certificate is read anew for every connection; whom to trust is read once.
  return [trusted, config, service]
}

function settingsOf({ vars, shared, host }: EtcdContext, seen: Seen): Record<string, unknown> {
  const { address, peerUrl, clientUrl } = seen
  const local = `https://127.0.0.1:${vars.clientPort}`
  return {
    name: host.name,
    'data-dir': vars.dataDir,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'listen-client-urls': address === '127.0.0.1' ? local : `${clientUrl},${local}`,
    'advertise-client-urls': clientUrl,
    'listen-metrics-urls': vars.metricsUrl,
    'initial-cluster-token': `${shared.cluster.name}-etcd`,
    'heartbeat-interval': milliseconds(vars.heartbeat),
    'election-timeout': milliseconds(vars.election),
    'snapshot-count': vars.snapshotCount,
    'quota-backend-bytes': vars.quotaMb * 1024 * 1024,
    'auto-compaction-mode': 'periodic',
    'auto-compaction-retention': vars.compaction,
    'strict-reconfig-check': true,
    'log-outputs': ['stderr'],
    logger: 'zap',
  }
}

/** Only a first start reads it: with what a member began with it is written again, so that nothing changes later. */
async function beginningOf(context: EtcdContext, seen: Seen): Promise<Record<string, string>> {
  const { name, peerUrl, course, own, seats, membership, peers, ctl } = seen
  const [cluster, state] = ['initial-cluster', 'initial-cluster-state']
  const line = (of: readonly (readonly [name: string, url: string])[]) =>
    of.map((each) => each.join('=')).join(',')
  if (course.is === 'founds') {
    return { [cluster]: line(seats.map((seat) => [seat.name, seat.peerUrl])), [state]: 'new' }
  }
  if (course.is === 'goes on' && own.initial !== undefined) {
    return { [cluster]: own.initial.cluster, [state]: own.initial.state }
  }
  // Others may have joined since the run began, and all have to be named.
  const [peer] = peers
  const now = peer === undefined ? membership : await context.fact(peer, membersNow(ctl(peer)))
  const others = (now?.members ?? []).filter(({ peerUrls }) => !peerUrls.includes(peerUrl))
  const known = others.map((each) => [each.name || 'unnamed', each.peerUrls[0] ?? ''] as const)
  return { [cluster]: line([...known, [name, peerUrl]]), [state]: 'existing' }
}
