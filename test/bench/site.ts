import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { knownHostsText } from '../lab/inventory.ts'
import type { LabHost } from '../lab/host.ts'
import type { Site, SiteHost, Work } from './work.ts'

/** Hosts of a lab for one tool; `addressOf` tells where each is to be met. */
export function siteOf(
  folder: string,
  hosts: readonly LabHost[],
  keyFile: string,
  addressOf: (host: LabHost) => string,
): Site {
  const met = hosts.map((host) => ({
    name: host.name,
    address: addressOf(host),
    hostKey: host.record.hostKey,
  }))
  return written(folder, keyFile, met, inventoryOf(met, keyFile, join(folder, 'known_hosts')))
}

/** A place without a host. */
export function emptySite(folder: string, { inventory = '' }: Work): Site {
  return written(folder, '', [], inventory)
}

function written(folder: string, keyFile: string, hosts: readonly SiteHost[], inventory: string): Site {
  mkdirSync(folder)
  const [inventoryFile, knownHostsFile] = [join(folder, 'inventory.ini'), join(folder, 'known_hosts')]
  writeFileSync(inventoryFile, inventory)
  writeFileSync(knownHostsFile, knownHostsText(hosts))
  return { inventoryFile, knownHostsFile, keyFile, hosts, folder }
}

function inventoryOf(hosts: readonly SiteHost[], keyFile: string, knownHostsFile: string): string {
  const settings = {
    ansible_user: 'root',
    ansible_ssh_private_key_file: keyFile,
    ansible_ssh_known_hosts_file: knownHostsFile,
    // What `preflight` asks for; hosts of a lab have cgroups that later versions refuse.
    'kubernetes.version': 'v1.34.2',
  }
  return [
    ...hosts.map(({ name, address }) => `${name} ansible_host=${address}`),
    '[all:vars]',
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    '',
  ].join('\n')
}
