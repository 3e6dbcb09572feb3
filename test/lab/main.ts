// `node --import tsx test/lab/main.ts up --hosts 5`: real hosts to try playbooks on. Without a command it says what it takes.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { base, forgetBases, type System, systems } from './base.ts'
import { createLab, openLab } from './lab.ts'
import { isRunning } from './machine.ts'
import { installTools } from './packages.ts'
import { forgeDir } from './places.ts'
import { allRecords, isAbandoned, readRecord } from './record.ts'
import { releases, type Releases } from './release-server.ts'
import { sweepAbandoned, withMachineLock } from './teardown.ts'

const usage = `Usage: test/lab/main.ts COMMAND [options]
  up       starts a lab and writes inventory/NAME.ini
  down     takes it away
  status   shows every lab of this machine
  sweep    takes away what crashed runs left behind
  build    makes the root file systems: ${systems.join(', ')}
  forge    builds the programs, release files and images that --releases serves
Options
  --hosts 3            how many                                                                    (up)
  --os bookworm,trixie what the hosts are made of, in turn                                   (up, build)
  --name lab           tells several labs apart                                               (up, down)
  --disk MB            gives every host a disk of its own for all it writes                         (up)
  --plain DIR,DIR      folders outside the hosts' overlay, such as /var/lib/containerd              (up)
  --releases forge     serves what the forge built, a stand-in or etcd, in place of the official places  (up)
  --fresh              builds anew what is there already                                         (build)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hosts: { type: 'string', default: '3' },
    os: { type: 'string' },
    name: { type: 'string', default: 'lab' },
    disk: { type: 'string' },
    plain: { type: 'string' },
    releases: { type: 'string' },
    fresh: { type: 'boolean', default: false },
  },
})

const commands: Readonly<Record<string, () => Promise<void>>> = { up, down, status, sweep, build, forge }
const chosen = commands[positionals[0] ?? '']
if (chosen === undefined) {
  console.error(usage)
  process.exitCode = 64
} else {
  try {
    await chosen()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}

async function up(): Promise<void> {
  const hosts = Number(values.hosts)
  const turn = named(values.os ?? 'bookworm')
  const started = performance.now()
  const lab = await createLab({
    hosts,
    os: Array.from({ length: hosts }, (_, i) => turn[i % turn.length] ?? 'bookworm'),
    name: values.name,
    keep: true,
    ...(values.releases === undefined ? {} : { releases: releasesOf(values.releases) }),
    ...(values.disk === undefined ? {} : { diskMb: Number(values.disk) }),
    ...(values.plain === undefined ? {} : { plainDirs: values.plain.split(',') }),
  })
  for (const host of lab.hosts) host.disconnect()
  mkdirSync(join(inventoryOf(values.name), '..'), { recursive: true })
  writeFileSync(inventoryOf(values.name), lab.inventory)
  console.log(
    `${hosts} hosts in ${((performance.now() - started) / 1000).toFixed(1)} s: ${inventoryOf(values.name)}`,
  )
}

async function down(): Promise<void> {
  const known = readRecord(values.name) !== undefined
  if (known) await openLab(values.name).destroy()
  rmSync(inventoryOf(values.name), { force: true })
  console.log(known ? `The lab ${values.name} is gone.` : `There is no lab ${values.name}.`)
}

async function status(): Promise<void> {
  for (const lab of allRecords()) {
    console.log(`${lab.name} (${lab.kept ? 'kept' : isAbandoned(lab) ? 'left behind' : 'in use'})`)
    for (const host of lab.hosts)
      console.log(`  ${host.name} ${host.address} ${host.system} ${isRunning(host) ? 'up' : 'down'}`)
  }
}

async function sweep(): Promise<void> {
  const swept = await withMachineLock(sweepAbandoned)
  console.log(swept.length > 0 ? `Swept away: ${swept.join(', ')}` : 'Nothing was left behind.')
}

async function forge(): Promise<void> {
  const { forge: make } = await import('./forge/make.ts')
  await make((line) => console.log(line))
  console.log(`All that the forge makes stands in ${forgeDir}.`)
}

async function build(): Promise<void> {
  await installTools()
  if (values.fresh) await forgetBases()
  for (const system of named(values.os ?? systems.join(','))) console.log(`${system}: ${await base(system)}`)
}

function releasesOf(name: string): Releases {
  const known = releases.find((each) => each === name)
  if (known !== undefined) return known
  throw new Error(`There are no releases of ${name}. There are: ${releases.join(', ')}.`)
}

function named(list: string): readonly System[] {
  return list.split(',').map((name) => {
    const system = systems.find((known) => known === name)
    if (system === undefined)
      throw new Error(`No system has the name ${name}. There are: ${systems.join(', ')}.`)
    return system
  })
}

function inventoryOf(name: string): string {
  return join(import.meta.dirname, '../../inventory', name === 'lab' ? 'lab.ini' : `lab-${name}.ini`)
}
