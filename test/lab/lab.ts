import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import PQueue from 'p-queue'
import { base, type System } from './base.ts'
import { childCgroup, makeCgroup, ownCgroup } from './cgroups.ts'
import { command } from './command.ts'
import { LabHost } from './host.ts'
import { inventoryText, knownHostsText } from './inventory.ts'
import { mountLayers } from './layers.ts'
import { setLimits } from './limits.ts'
import { hostCgroup } from './machine.ts'
import { startNameServer } from './name-server.ts'
import { addressIn, bridgeOf, freeSubnet, makeBridge, tagOf } from './network.ts'
import { startPackageProxy } from './package-proxy.ts'
import { installTools } from './packages.ts'
import { cacheDir, labDir } from './places.ts'
import { identify } from './processes.ts'
import { allRecords, type HostRecord, type LabRecord, readRecord, writeRecord } from './record.ts'
import { type Releases, startReleaseServer } from './release-server.ts'
import { writeSeed } from './seed.ts'
import { sweepAbandoned, takeDown, withMachineLock } from './teardown.ts'
import { startTimeServer } from './time-server.ts'

export interface LabOptions {
  readonly hosts: number
  /** One for all, or one for each host; bookworm when left out. */
  readonly os?: System | readonly System[]
  /** Names the lab for other processes. */
  readonly name?: string
  /** A kept lab stays when this process ends, until somebody takes it down. */
  readonly keep?: boolean
  /** Gives every host a disk of its own of that size for all it writes. */
  readonly diskMb?: number
  /** Folders outside the hosts' overlay, such as `/var/lib/containerd`: only there can a runtime use overlays. */
  readonly plainDirs?: readonly string[]
  /** Serves releases as their official places would, and names them in the inventory. */
  readonly releases?: Releases
}

const startedAtOnce = 4
const firstHost = 11
let made = 0

/** Real hosts on a network of their own, with a key that opens them, a package proxy, a time server and a name server. */
export class Lab implements AsyncDisposable {
  readonly name: string
  readonly hosts: readonly LabHost[]
  readonly keyFile: string
  readonly knownHostsFile: string
  /** The address of this machine on the lab's network. */
  readonly controllerAddress: string
  readonly inventory: string
  readonly inventoryFile: string
  readonly #record: LabRecord

  constructor(record: LabRecord) {
    const dir = labDir(record.name)
    this.#record = record
    this.name = record.name
    this.hosts = record.hosts.map((host) => new LabHost(host, record.cgroup))
    this.keyFile = join(dir, 'key')
    this.knownHostsFile = join(dir, 'known_hosts')
    this.controllerAddress = addressIn(record.subnet, 1)
    this.inventory = inventoryText(record.hosts, this, record.releases)
    this.inventoryFile = join(dir, 'inventory.ini')
  }

  /** Takes the lab away, hosts, network, processes and all. */
  async destroy(): Promise<void> {
    for (const host of this.hosts) host.disconnect()
    await withMachineLock(() => takeDown(this.#record))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.destroy()
  }
}

/** Makes a lab and returns when every host has booted. What crashed runs left behind is swept away first. */
export async function createLab(options: LabOptions): Promise<Lab> {
  await installTools()
  const systems = systemsOf(options)
  const bases = new Map<System, string>()
  for (const system of new Set(systems)) bases.set(system, await base(system))
  const record = await withMachineLock(() => register(options, systems, bases))
  try {
    const withKeys = await prepare(record)
    const lab = new Lab(withKeys)
    writeFileSync(lab.knownHostsFile, knownHostsText(withKeys.hosts))
    writeFileSync(lab.inventoryFile, lab.inventory)
    const queue = new PQueue({ concurrency: startedAtOnce })
    await queue.addAll(lab.hosts.map((host) => () => boot(host)))
    return lab
  } catch (error) {
    await withMachineLock(() => takeDown(record))
    throw error
  }
}

/** A lab that another process made. */
export function openLab(name: string): Lab {
  const record = readRecord(name)
  if (record === undefined) {
    const others = allRecords().map((other) => other.name)
    throw new Error(
      `No lab has the name ${name}. ${others.length > 0 ? `There is: ${others.join(', ')}.` : 'There is none.'}`,
    )
  }
  return new Lab(record)
}

function systemsOf({ hosts, os = 'bookworm' }: LabOptions): readonly System[] {
  if (hosts < 1 || hosts > 200) throw new Error(`A lab has 1 to 200 hosts, not ${hosts}.`)
  const systems = typeof os === 'string' ? Array.from({ length: hosts }, () => os) : os
  if (systems.length !== hosts)
    throw new Error(`The lab has ${hosts} hosts, but ${systems.length} systems are named.`)
  return systems
}

async function register(
  options: LabOptions,
  systems: readonly System[],
  bases: ReadonlyMap<System, string>,
): Promise<LabRecord> {
  await sweepAbandoned()
  const name = options.name ?? `test-${process.pid}-${++made}`
  if (readRecord(name) !== undefined)
    throw new Error(`There is a lab ${name} already; \`make lab-down\` takes the lab of \`make lab\` away.`)
  const owner = identify(process.pid)
  if (owner === undefined) throw new Error('/proc does not know this process')
  const subnet = await freeSubnet(allRecords().map((other) => other.subnet))
  const cgroup = childCgroup(ownCgroup(), `troupe-lab-${name}`)
  const layers = join(cacheDir, 'layers', name)
  const hosts = systems.map((system, i): HostRecord => {
    const host = `node${i + 1}`
    return {
      name: host,
      address: addressIn(subnet, firstHost + i),
      system,
      base: bases.get(system) ?? '',
      machine: `tl-${tagOf(subnet)}-${i + 1}`,
      cgroup: hostCgroup(cgroup, host),
      dir: join(labDir(name), host),
      layers: join(layers, host),
      bridge: bridgeOf(subnet),
      keyFile: join(labDir(name), 'key'),
      hostKey: '',
      ...(options.diskMb === undefined ? {} : { diskMb: options.diskMb }),
      ...(options.plainDirs === undefined ? {} : { plainDirs: options.plainDirs }),
    }
  })
  const record = {
    name,
    owner,
    kept: options.keep ?? false,
    ...(options.releases === undefined ? {} : { releases: options.releases }),
    subnet,
    cgroup,
    layers,
    hosts,
  }
  writeRecord(record)
  setLimits()
  await makeBridge(subnet)
  return record
}

async function prepare(record: LabRecord): Promise<LabRecord> {
  const dir = labDir(record.name)
  const controller = addressIn(record.subnet, 1)
  makeCgroup(record.cgroup)
  await command('ssh-keygen', [
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-C',
    `lab ${record.name}`,
    '-f',
    join(dir, 'key'),
  ])
  const publicKey = readFileSync(join(dir, 'key.pub'), 'utf8').trim()
  await startPackageProxy(dir, record.cgroup, controller)
  await startTimeServer(dir, record.cgroup, controller)
  await startNameServer(dir, record.cgroup, controller)
  if (record.releases !== undefined) await startReleaseServer(record.releases, dir, record.cgroup, controller)
  const hosts: HostRecord[] = []
  for (const host of record.hosts) {
    mkdirSync(host.dir, { recursive: true })
    const seed = { ...host, subnet: record.subnet, publicKey }
    hosts.push({ ...host, hostKey: await writeSeed(join(host.layers, 'seed'), seed) })
    await mountLayers(host)
  }
  const withKeys = { ...record, hosts }
  writeRecord(withKeys)
  return withKeys
}

async function boot(host: LabHost): Promise<void> {
  try {
    await host.powerOn()
  } catch (error) {
    throw new Error(`${host.name} did not boot. Its console:\n${host.console().slice(-2000)}`, {
      cause: error,
    })
  }
}
