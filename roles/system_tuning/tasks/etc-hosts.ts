import { isIP } from 'node:net'
import {
  conflictsAmong,
  conflictsWith,
  hostNames,
  hostsLines,
  type HostName,
  type NameConflict,
  type NamedHost,
} from '../../../lib/cluster/host-names.ts'
import {
  bareHosts,
  hostsFile,
  hostsText,
  isLoopback,
  loopbackLines,
  namesIn,
  parseHosts,
  type HostsLine,
} from '../../../lib/cluster/hosts-file.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { asFound, type Fact } from '../../../lib/host/fact.ts'
import { liveName } from '../../../lib/host/facts/live-name.ts'
import { block, file, line } from '../../../lib/resources/index.ts'
import { isAsked } from '../../../lib/task/ask.ts'
import { TaskFailed } from '../../../lib/task/outcome.ts'
import type { Member } from '../../../lib/play/role.ts'
import type { Finding } from '../../../lib/report/events.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import { isDnsName } from '../../../lib/vars/network-schemas.ts'
import type { TuningContext } from '../context.ts'

const tags = ['etc-hosts'] as const
const { path } = hostsFile

/** The names that the hosts are to know, and what stands of them on this one. */
export interface ClusterNames {
  readonly names: readonly HostName[]
  /** Those of this host itself. */
  readonly own: readonly string[]
  readonly rest: readonly HostsLine[]
}

/** Gathers the names of the cluster, and refuses those with two addresses before anything is changed. */
export async function clusterNames(context: TuningContext): Promise<ClusterNames | undefined> {
  const { host, vars, shared, group, inspect, fact } = context
  if (vars.etcHosts === 'keep') return undefined
  const { block: known, rest } = parseHosts(await fact(asFound(hostsText)))
  const hosts = await Promise.all(group('all').map((member) => namedHost(context, member, known)))
  const names = hostNames(shared, hosts, group)
  const own = hosts.find(({ name }) => name === host.name)?.names ?? []
  const others = namesIn(rest).filter(({ name, address }) => !own.includes(name) || !isLoopback(address))
  const conflicts = [...conflictsAmong(names), ...conflictsWith(names, others)]
  if (conflicts.length > 0) {
    await inspect('Look for names with two addresses', async () => conflicts.map(conflictFinding), { tags })
  }
  return { names, own, rest }
}

/** Lets the host find all others by name, and itself by an address at which they find it, too. */
export async function etcHosts({ task }: TuningContext, known: ClusterNames | undefined): Promise<void> {
  if (known === undefined) return
  const { names, own, rest } = known
  const loopback = loopbackLines(rest, own).map(({ text, without }) => {
    if (without === undefined) return line({ path, line: text, state: 'absent' })
    return line({ path, line: without, match: `^(?:${[text, without].map(escaped).join('|')})$` })
  })
  await task(
    tuningTasks.etcHosts,
    { tags },
    file({ path, content: bareHosts, mode: 0o644, owner: 'root', group: 'root', ifAbsent: true }),
    ...loopback,
    block({ path, name: hostsFile.block, content: hostsLines(names) }),
  )
}

/** A host with its address; one that cannot be asked has the one by which it is known here. */
async function namedHost(
  context: TuningContext,
  { name, address, vars }: Member,
  known: readonly HostsLine[],
): Promise<NamedHost> {
  const written = known.find(({ names }) => names.includes(name))?.address
  const fallback = written ?? [vars['ansible_host'], name].find(isAddress)
  const found = isAsked(address) ? await answer(context, address, fallback) : address
  // The first name of an address in the block is that of its host.
  const called = isDnsName(name) ? undefined : known.find((line) => line.address === found)?.names[0]
  const kept = isNamedByUs(context, name, vars)
    ? undefined
    : await answer(context, { host: name, fact: asFound(liveName) }, called)
  const names = [name, ...(kept === undefined ? [] : [kept.toLowerCase()])].filter(isOneHost)
  return { name, names: [...new Set(names)], address: found }
}

/** Whether a host bears the name of the inventory, once all of them are tuned. */
function isNamedByUs({ vars: own }: TuningContext, name: string, vars: Member['vars']): boolean {
  const { hostname = own.hostname } = (vars['system_tuning'] ?? {}) as Partial<typeof own>
  return hostname === 'inventory' && isDnsName(name)
}

async function answer<T>(
  { fact }: TuningContext,
  asked: { readonly host: string; readonly fact: Fact<T> },
  otherwise: T | undefined,
): Promise<T | undefined> {
  try {
    return await fact(asked.host, asked.fact)
  } catch (error) {
    // Another host is off, which is no reason for this one not to know the rest.
    if (error instanceof TaskFailed && error.cause instanceof Unreachable) return otherwise
    throw error
  }
}

function conflictFinding({ one, other }: NameConflict): Finding {
  const saying = (each: HostName) => `${each.address} by ${each.source}`
  return {
    check: 'etc-hosts',
    class: 'fatal',
    found: `${one.address} and ${other.address}`,
    wanted: `one address of ${one.name}`,
    message: `${one.name} is ${saying(one)}, and ${saying(other)}.`,
    advice: 'Take one of the two away, or give it another name; or say system_tuning.etcHosts: keep.',
  }
}

/** Whether it can be the name of one host among others. */
function isOneHost(name: string): boolean {
  return isDnsName(name) && !/^localhost(?:\.|$)/.test(name)
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && isIP(value) !== 0
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
