import { tuning, type Tuning } from '../../../../lib/cluster/tuning.ts'
import { configuration } from '../../../../lib/cluster/vars.ts'
import { readVars, type Vars } from '../../../../lib/vars/schema.ts'
import { systemTuning } from '../../../../roles/system_tuning/index.ts'
import { FakeGround } from '../../../support/fake-ground.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { FakeCluster, type FakeRunOptions } from '../../../support/fake-run.ts'

export const families = ['debian', 'redhat'] as const
export type Family = (typeof families)[number]

const systems = {
  debian: { release: 'ID=debian\nVERSION_ID="12"\n', tools: 'apt' },
  redhat: { release: 'ID="rocky"\nID_LIKE="rhel"\nVERSION_ID="9.4"\n', tools: 'dnf' },
} as const

/** A host of a family, with these files besides. */
export function hostOf(family: Family, files: Readonly<Record<string, string>> = {}, name = 'h1'): FakeHost {
  const { release, tools } = systems[family]
  const host = new FakeHost(name, { family: tools })
  host.files.write('/etc/os-release', release)
  for (const [path, text] of Object.entries(files)) host.files.write(path, text)
  return host
}

const alone = {
  selinux: 'keep',
  swap: 'keep',
  firewall: 'keep',
  hostname: 'keep',
  etcHosts: 'keep',
  nameServers: 'keep',
  packages: 'keep',
  timeSync: 'keep',
  kernelModules: 'keep',
  kernelSettings: 'keep',
  timezone: 'keep',
  logs: 'keep',
  limits: 'keep',
} as const satisfies Partial<Tuning>

export type Given = Partial<Tuning>
type Shared = { readonly [Name in keyof typeof configuration]?: object }
type Options = Omit<FakeRunOptions, 'vars'> & { readonly shared?: Shared }

/** All is left alone but what is given; what is said of the cluster is its default but for what is `shared`. */
export function tuned(given: Given, { shared = {}, ...options }: Options = {}): FakeRunOptions {
  const known = Object.entries(configuration).map(([name, vars]) => {
    return [name, { ...defaultsOf(vars), ...shared[name as keyof Shared] }]
  })
  const ours = { ...defaultsOf(tuning), ...alone, ...given }
  return { ...options, vars: { ...Object.fromEntries(known), system_tuning: ours } }
}

/** The role on hosts, for the laws. */
export function groundOf(hosts: readonly FakeHost[], given: Given, options: Options = {}): FakeGround {
  return new FakeGround(new FakeCluster(hosts), systemTuning, tuned(given, options))
}

function defaultsOf(vars: Vars): object {
  return readVars(vars, undefined, ({ path }) => {
    throw new TypeError(`${path.join('.')} has no default.`)
  })
}
