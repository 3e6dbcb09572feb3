import { isIP } from 'node:net'
import { isDnsName } from '../vars/network-schemas.ts'
import type { Groups } from './host-roles.ts'
import type { ClusterConfiguration } from './vars.ts'

/** A name, what it stands for, and who says so. */
export interface HostName {
  readonly name: string
  readonly address: string
  readonly source: string
}

/** A host of the inventory under all names that it bears. */
export interface NamedHost {
  readonly name: string
  readonly names: readonly string[]
  /** Left out of all where nobody knows it. */
  readonly address: string | undefined
}

/** One name with two addresses. */
export interface NameConflict {
  readonly one: HostName
  readonly other: HostName
}

type Configuration = Pick<ClusterConfiguration, 'cluster' | 'extra' | 'loadBalancer' | 'registry'>

/** Every name that the hosts of a cluster have to know, in the order of the inventory, then registry, API and others. */
export function hostNames(
  configuration: Configuration,
  hosts: readonly NamedHost[],
  group: Groups,
): readonly HostName[] {
  const addressOf = (host: string | undefined) => hosts.find(({ name }) => name === host)?.address
  return [
    ...hosts.flatMap(({ names, address }) => names.flatMap((name) => named(name, address, 'the inventory'))),
    ...registryName(configuration, addressOf(group('registry')[0]?.name)),
    ...apiName(
      configuration,
      group('server').map(({ name }) => addressOf(name)),
    ),
    ...configuration.extra.hosts.flatMap(({ domain, address }) => named(domain, address, 'extra.hosts')),
  ]
}

/** The lines of /etc/hosts for these names, each name and address once. */
export function hostsLines(names: readonly HostName[]): string {
  return [...new Set(names.map(({ name, address }) => `${address}\t${name}\n`))].join('')
}

/** The names that are given two addresses of one kind; an address of IPv4 and one of IPv6 go together. */
export function conflictsAmong(names: readonly HostName[]): readonly NameConflict[] {
  return names.flatMap((one, index) => {
    const other = names.slice(index + 1).find((each) => differ(one, each))
    return other === undefined ? [] : [{ one, other }]
  })
}

/** The names that others have given another address. */
export function conflictsWith(
  names: readonly HostName[],
  others: readonly HostName[],
): readonly NameConflict[] {
  return names.flatMap((one) => {
    const other = others.find((each) => differ(one, each))
    return other === undefined ? [] : [{ one, other }]
  })
}

function differ(one: HostName, other: HostName): boolean {
  return one.name === other.name && one.address !== other.address && isIP(one.address) === isIP(other.address)
}

function registryName({ registry }: Configuration, address: string | undefined): readonly HostName[] {
  const isOurs = registry.type === 'registry' || registry.type === 'harbor'
  return isOurs ? named(registry.privateRegistry, address, 'registry.privateRegistry') : []
}

/** Where the API is reached is known only of an address that moves, or where there is nothing to choose. */
function apiName(
  { cluster, loadBalancer }: Configuration,
  servers: readonly (string | undefined)[],
): readonly HostName[] {
  const name = cluster.endpoint?.replace(/:\d+$/, '')
  const only = loadBalancer.type === 'none' && servers.length === 1 ? servers[0] : undefined
  if (name === undefined || !isDnsName(name)) return []
  return named(name, loadBalancer.vip ?? only, 'cluster.endpoint')
}

function named(name: string | undefined, address: string | undefined, source: string): readonly HostName[] {
  return name === undefined || address === undefined ? [] : [{ name, address, source }]
}
