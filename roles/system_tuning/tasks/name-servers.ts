import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { asFound } from '../../../lib/host/fact.ts'
import { resolvConf, resolvConfPath, type ResolvConf } from '../../../lib/host/facts/resolv-conf.ts'
import type { Finding } from '../../../lib/report/events.ts'
import { block, directory, file, reload, restart } from '../../../lib/resources/index.ts'
import type { GateOptions } from '../../../lib/task/gate.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import type { TuningContext } from '../context.ts'
import { areAskedFirst, heardServers, serversOfConnections } from '../name-server-facts.ts'

type Deadline = GateOptions['deadline']

const tags = ['name-servers'] as const
const check = 'name-servers'
const readable = { mode: 0o644, owner: 'root', group: 'root' } as const
const resolved = {
  unit: 'systemd-resolved.service',
  folder: '/etc/systemd/resolved.conf.d',
  dropIn: '/etc/systemd/resolved.conf.d/10-system-tuning.conf',
  servers: '/run/systemd/resolve/resolv.conf',
} as const
const networkManager = {
  unit: 'NetworkManager.service',
  dropIn: '/etc/NetworkManager/conf.d/90-system-tuning.conf',
} as const

/** Has the host ask the name servers of extra.resolves before its own, by way of whoever writes /etc/resolv.conf. */
export async function nameServers(context: TuningContext, deadline: Deadline = '30s'): Promise<void> {
  const { vars, shared, inspect, fact } = context
  if (vars.nameServers === 'keep') return
  const servers = shared.extra.resolves.map(({ address }) => address)
  const found = await fact(asFound(resolvConf))
  const findings = servers.length === 0 ? [] : findingsOf(found, servers)
  if (findings.length > 0) {
    await inspect('Look who writes /etc/resolv.conf', async () => findings, { tags })
  }
  if (found.writer.is === 'nobody') await inFile(context, servers)
  if (found.writer.is === 'systemd-resolved') await byResolved(context, servers, deadline)
  if (found.writer.is === 'NetworkManager') await byNetworkManager(context, servers, deadline)
}

async function inFile({ task }: TuningContext, servers: readonly string[]): Promise<void> {
  const within = { path: resolvConfPath, name: 'name servers of the cluster' } as const
  const content = servers.map((server) => `nameserver ${server}\n`).join('')
  const wanted =
    servers.length === 0
      ? [block({ ...within, state: 'absent' })]
      : [
          file({ path: resolvConfPath, content: '', ...readable, ifAbsent: true }),
          block({ ...within, content, at: 'start' }),
        ]
  await task(tuningTasks.nameServers, { tags }, ...wanted)
}

async function byResolved(
  { task, gate }: TuningContext,
  servers: readonly string[],
  deadline: Deadline,
): Promise<void> {
  const { unit, folder, dropIn: path } = resolved
  const content = `[Resolve]\nDNS=${servers.join(' ')}\n`
  const dropIn = servers.length === 0 ? dropped(path) : file({ path, content, ...readable })
  await task(
    tuningTasks.nameServers,
    { tags },
    ...(servers.length === 0 ? [] : [directory({ path: folder })]),
    dropIn,
    restart(unit, { after: [dropIn], ifInstalled: true }),
  )
  if (servers.length === 0) return
  await gate('systemd-resolved knows them', areAskedFirst(resolved.servers, servers), { deadline, tags })
}

/** Given any servers, NetworkManager passes over those of its connections, so these are named after ours. */
async function byNetworkManager(
  { task, gate, fact }: TuningContext,
  servers: readonly string[],
  deadline: Deadline,
): Promise<void> {
  const { unit, dropIn: path } = networkManager
  const own = servers.length === 0 ? [] : await fact(asFound(serversOfConnections))
  const all = [...new Set([...servers, ...own])]
  const content = `[global-dns-domain-*]\nservers=${all.join(',')}\n`
  const dropIn = servers.length === 0 ? dropped(path) : file({ path, content, ...readable })
  await task(tuningTasks.nameServers, { tags }, dropIn, reload(unit, { after: [dropIn], ifInstalled: true }))
  if (servers.length === 0) return
  await gate('NetworkManager has written them', areAskedFirst(resolvConfPath, servers), { deadline, tags })
}

function dropped(path: string): Resource {
  return file({ path, state: 'absent' })
}

function findingsOf({ writer, servers: there }: ResolvConf, servers: readonly string[]): readonly Finding[] {
  if (writer.is === 'another') {
    const { who } = writer
    return [
      {
        check,
        class: 'fatal',
        found: who,
        wanted: 'a plain file, systemd-resolved or NetworkManager',
        message: `${resolvConfPath} is written by ${who}, which would overwrite the name servers of extra.resolves.`,
        advice: `Give ${who} the name servers ${servers.join(', ')}, and say system_tuning.nameServers: keep.`,
      },
    ]
  }
  const all = [...new Set([...servers, ...there])]
  if (all.length <= heardServers || writer.is === 'systemd-resolved') return []
  return [
    {
      check,
      class: 'warning',
      found: `${all.length} name servers`,
      wanted: `${heardServers} at most`,
      message: `Programs hear of the first ${heardServers} name servers only; these go unheard: ${all.slice(heardServers).join(', ')}.`,
      advice: 'Name fewer in extra.resolves, the most important first.',
    },
  ]
}
