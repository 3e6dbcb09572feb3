import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostRole } from '../../../../lib/cluster/host-roles.ts'
import type { Installation } from '../../../../lib/cluster/installation.ts'
import { tuning } from '../../../../lib/cluster/tuning.ts'
import { locate } from '../../../../lib/inventory/located.ts'
import { readVars, type Infer, type Vars } from '../../../../lib/vars/schema.ts'
import { soughtFor } from '../../../../roles/preflight/sought.ts'
import type { Subject, Surveyed } from '../../../../roles/preflight/subject.ts'
import type { Survey } from '../../../../roles/preflight/survey.ts'
import { parseSurvey } from '../../../../roles/preflight/survey-text.ts'
import { vars } from '../../../../roles/preflight/vars.ts'
import { configurationOf } from '../../cluster/configuration.ts'

/** What survey.sh printed on a host of Debian 12, asked for three paths. */
export const captured = readFileSync(
  join(import.meta.dirname, '../../../fixtures/preflight/survey-debian-12-captured.txt'),
  'utf8',
)
/** The same, with something else in one of its sections. */
export function withSection(text: string, name: string, content: string): string {
  const parts = text.split(separator)
  return parts.map((part) => (part.startsWith(`${name}\n`) ? `${name}\n${content}` : part)).join(separator)
}
const separator = '\u001e'

export const askedPaths = ['/var/lib/rancher', '/var/log', '/tmp']
/** The clock of that host, in milliseconds. */
export const then = Number(/began\n(\d+)/.exec(captured)?.[1]) * 1000

const nothing: Installation = { is: 'none', ours: false, joined: false, units: [], paths: [], leftovers: [] }

export interface Case {
  readonly roles?: readonly HostRole[]
  readonly survey?: Partial<Survey>
  readonly address?: string
  readonly others?: readonly Surveyed[]
  readonly ways?: Subject['ways']
  readonly vip?: Subject['vip']
  readonly configuration?: Parameters<typeof configurationOf>[0]
  readonly tuning?: Readonly<Record<string, unknown>>
  readonly vars?: Readonly<Record<string, unknown>>
}

/** A host with which nothing is wrong, but for what the case says. */
export function subject(name: string, wrong: Case = {}): Subject {
  const version = { kubernetes: { version: 'v1.34.2' }, ...wrong.configuration }
  const configuration = configurationOf(version)
  const choices = settings(tuning, wrong.tuning)
  const address = wrong.address ?? '10.0.0.1'
  const sought = soughtFor(configuration, choices)
  const room = { mount: '/', sizeKb: 1e9, freeKb: 9e8, freeInodes: 90 }
  const survey: Survey = {
    ...parseSurvey(captured, { before: then, after: then + 500 }, askedPaths),
    cpus: 16,
    memoryKb: 64 * 2 ** 20,
    cgroup: 'v2',
    hostname: name,
    resolved: [address],
    machineId: `id of ${name}`,
    addresses: [{ device: 'eth0', address, prefix: 24, global: true }],
    links: [{ device: 'eth0', mac: `mac of ${name}`, mtu: 1500 }],
    routes: [{ to: '10.0.0.0/24', device: 'eth0' }],
    units: { running: new Set(['chrony.service']), enabled: new Set() },
    disks: new Map(sought.paths.map((path) => [path, room])),
    commands: new Set(sought.commands),
    modules: new Set(sought.modules),
    installation: nothing,
    ...wrong.survey,
  }
  const own: Surveyed = { name, roles: wrong.roles ?? ['agent'], address, survey }
  return {
    ...own,
    all: [own, ...(wrong.others ?? [])],
    ways: wrong.ways ?? [],
    vip: wrong.vip,
    configuration,
    tuning: choices,
    vars: settings(vars, wrong.vars),
  }
}

function settings<V extends Vars>(schema: V, given: Readonly<Record<string, unknown>> = {}): Infer<V> {
  const found = locate('v', given, { file: 'all.yml', line: 1, column: 1 })
  return readVars(schema, found, ({ path, expected }) => {
    throw new TypeError(`${path.join('.')} wants a ${expected}.`)
  })
}
