import type { EtcdVars } from './vars.ts'

export const configFolder = '/etc/etcd'
export const pkiFolder = `${configFolder}/pki`
export const configFile = `${configFolder}/etcd.conf.yml`
/** Holds the name of the cluster that a host is of, once its members have agreed for the first time. */
export const markFile = `${configFolder}/member-of`
export const unitName = 'etcd.service'
export const unitFile = `/etc/systemd/system/${unitName}`
export const snapshotFolder = '/var/lib/etcd-snapshots'
export const owner = 'etcd'
/** Under which name backups of it are kept, beside those of other roles. */
export const backupKind = 'etcd'

/** Whom a certificate speaks of, and who holds it. */
export type Holder = 'member' | 'admin' | 'node'

interface Kept {
  /** Who has it: hosts of etcd, or those that are clients of it, API servers foremost. */
  readonly on: 'members' | 'clients'
  readonly usages: readonly ('server' | 'client')[]
  readonly owner: string
}

/** Which certificates there are. The key of the authority is on none of the hosts. */
export const certificates: Readonly<Record<Holder, Kept>> = {
  member: { on: 'members', usages: ['server', 'client'], owner },
  admin: { on: 'members', usages: ['client'], owner: 'root' },
  node: { on: 'clients', usages: ['client'], owner: 'root' },
}

/** Which of them a host has that is one of those. */
export function heldBy(where: Kept['on']): readonly Holder[] {
  return (Object.keys(certificates) as Holder[]).filter((holder) => certificates[holder].on === where)
}

export const trustedFile = `${pkiFolder}/ca.pem`

export function certOf(holder: Holder, host: string): string {
  return `${pkiFolder}/${holder}-${host}.pem`
}

export function keyOf(holder: Holder, host: string): string {
  return `${pkiFolder}/${holder}-${host}-key.pem`
}

/** Where its programs are, by how they came. */
export function programFolder({ method }: Pick<EtcdVars, 'method'>): string {
  return method === 'package' ? '/usr/bin' : '/usr/local/bin'
}
