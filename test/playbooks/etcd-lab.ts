import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newKeyPair } from '../../lib/backup/index.ts'
import { reveal } from '../../lib/secrets/secret.ts'
import { etcdVersions } from '../lab/etcd/releases.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab, type LabOptions } from '../lab/lab.ts'
import { releaseUrl } from '../lab/release-server.ts'
import type { TroupeRun } from '../support/troupe.ts'
import { PlaybookOnLab } from './on-lab.ts'

/** Which hosts are what, by their number in the lab. */
export interface Cast {
  readonly members: readonly number[]
  /** Those that ask etcd. */
  readonly clients?: readonly number[]
}

/** What one upgrades from, and to: as Debian 12 and 13 have it. */
export const [older, newer] = [etcdVersions.bookworm, etcdVersions.trixie]

/** Real hosts for etcd, which get its real programs, packed as its makers do. */
export class EtcdLab implements AsyncDisposable {
  readonly lab: Lab
  readonly folder = mkdtempSync(join(tmpdir(), 'troupe-etcd-'))
  readonly #recipient: string

  private constructor(lab: Lab, recipient: string) {
    this.lab = lab
    this.#recipient = recipient
  }

  static async create(options: LabOptions): Promise<EtcdLab> {
    const { recipient, identity } = await newKeyPair('a lab')
    const lab = new EtcdLab(await createLab({ ...options, releases: 'etcd' }), recipient)
    writeFileSync(lab.identityFile, reveal(identity), { mode: 0o600 })
    return lab
  }

  /** A file with a key that no backup was made for. */
  static async otherIdentity(): Promise<string> {
    const file = join(mkdtempSync(join(tmpdir(), 'troupe-etcd-key-')), 'age.key')
    writeFileSync(file, reveal((await newKeyPair('nobody')).identity), { mode: 0o600 })
    return file
  }

  get identityFile(): string {
    return join(this.folder, 'age.key')
  }

  get backups(): string {
    return join(this.folder, 'backups')
  }

  host(number: number): LabHost {
    const host = this.lab.hosts[number - 1]
    if (host === undefined) throw new Error(`The lab has no host ${number}.`)
    return host
  }

  /** Where hosts of the lab find a release. */
  archiveUrl(version: string): string {
    const file = `v${version}/etcd-v${version}-linux-amd64.tar.gz`
    return `${releaseUrl(this.lab.controllerAddress)}/github.com/etcd-io/etcd/releases/download/${file}`
  }

  /** A playbook on these hosts; all of a lab know each other's runs and authority. */
  on(cast: Cast, vars: Readonly<Record<string, unknown>> = {}, playbook = 'etcd'): PlaybookOnLab {
    const inventoryFile = join(mkdtempSync(join(this.folder, 'inventory-')), 'inventory.ini')
    writeFileSync(inventoryFile, this.#inventory(cast, vars))
    return new PlaybookOnLab({ inventoryFile }, `playbooks/${playbook}.ts`, join(this.folder, 'state'))
  }

  #inventory({ members, clients = [] }: Cast, vars: Readonly<Record<string, unknown>>): string {
    const names = (numbers: readonly number[]) => numbers.map((number) => this.host(number).name).join('\n')
    const text = this.lab.inventory
    const hosts = text.slice(0, text.indexOf('[')).trim()
    const known = text.slice(text.indexOf('[all:vars]'))
    const own = {
      'etcd.version': older,
      'etcd.type': 'hosts',
      'cluster.name': 'lab',
      'pki.passphrase': 'not a secret of anybody',
      'pki.folder': join(this.folder, 'pki'),
      'backup.directory': this.backups,
      'backup.recipients': [this.#recipient],
      'backup.identityFile': this.identityFile,
      ...vars,
    }
    const lines = Object.entries(own).map(([name, value]) => {
      return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
    })
    return `${hosts}\n\n[etcd]\n${names(members)}\n\n[server]\n${names(clients)}\n\n${known}\n${lines.join('\n')}\n`
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.lab.destroy()
  }
}

/** Every member as `status` tells of it: `node1` → `voter 3.5.16`. Who leads is the members' own affair. */
export async function membersOf(playbook: PlaybookOnLab): Promise<Readonly<Record<string, string>>> {
  const { events } = await playbook.run(['status'])
  const told = events.flatMap((event) =>
    event.type === 'report' && event.name === 'members' ? [event.data] : [],
  )
  const lines = (told[0] ?? []) as readonly {
    readonly member: string
    readonly is: string
    readonly version: string
  }[]
  return Object.fromEntries(
    lines.map(({ member, is, version }) => [member, `${is === 'leader' ? 'voter' : is} ${version}`.trim()]),
  )
}

/** What a run changed, each thing once. */
export function changedBy({ events }: TroupeRun): readonly string[] {
  const ids = events.flatMap((event) => {
    return event.type === 'resource' && event.status === 'changed' ? [`${event.host} ${event.id}`] : []
  })
  return [...new Set(ids)].toSorted()
}
