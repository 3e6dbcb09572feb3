import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installation, type Installation } from '../../lib/cluster/installation.ts'
import { sh } from '../../lib/host/command.ts'
import { defineFact } from '../../lib/host/fact.ts'
import type { Interface } from '../../lib/host/facts/addresses.ts'
import type { Os } from '../../lib/host/facts/os.ts'
import { readModules, type ModuleState } from '../../lib/resources/kernel/kernel-module-state.ts'
import type { Reading } from '../../lib/task/kind.ts'
import type { Disk, Link, ResolvConf, Route, Socket } from './survey-parts.ts'
import { parseSurvey } from './survey-text.ts'

/** All that one host says of itself, as it was when it was asked. */
export interface Survey {
  /** Undefined where there is no os-release. */
  readonly os: Os | undefined
  readonly kernel: { readonly release: string; readonly machine: string }
  readonly cpus: number
  readonly memoryKb: number
  /** What is swapped to now, and what fstab would turn on at boot. */
  readonly swap: { readonly live: readonly string[]; readonly atBoot: readonly string[] }
  /** By the path that was asked for. */
  readonly disks: ReadonlyMap<string, Disk>
  readonly cgroup: 'v1' | 'v2'
  readonly hostname: string
  /** What its own name resolves to. */
  readonly resolved: readonly string[]
  readonly machineId: string
  readonly addresses: readonly Interface[]
  readonly links: readonly Link[]
  readonly routes: readonly Route[]
  /** Of the units that are asked for: those at work, and those that a boot starts. */
  readonly units: { readonly running: ReadonlySet<string>; readonly enabled: ReadonlySet<string> }
  readonly sockets: readonly Socket[]
  readonly resolver: ResolvConf
  readonly selinux: 'enforcing' | 'permissive' | 'disabled'
  /** What filters what comes in. */
  readonly firewall: 'firewalld' | 'ufw' | 'nftables' | 'rules of its own' | undefined
  readonly commands: ReadonlySet<string>
  readonly installation: Installation
  /** Kernel modules at work: loaded, or built in. */
  readonly modules: ReadonlySet<string>
  /** Kernel modules that could be loaded, whether they are or not. */
  readonly loadable: ReadonlySet<string>
  /** How far its clock is ahead of the one here, in seconds: somewhere between these. */
  readonly ahead: { readonly least: number; readonly most: number }
}

export interface Sought {
  readonly commands: readonly string[]
  /** Where room is needed; of what is not there, what it would stand on. */
  readonly paths: readonly string[]
  readonly modules: readonly string[]
}

const script = readFileSync(join(import.meta.dirname, 'files', 'survey.sh'), 'utf8')
/** A name server that is gone takes two seconds, a slow disk longer. */
const timeoutMs = 30_000

/** Everything at once; what is sought belongs to the name, since somebody else may seek something else. */
export function surveyFor({ commands, paths, modules }: Sought) {
  return defineFact(
    `the survey ${JSON.stringify([commands, paths, modules])}`,
    async (host): Promise<Survey> => {
      const words = [commands, paths, modules].map((names) => names.join(' '))
      const before = Date.now()
      // The script takes longest: what the modules have to be asked besides goes out while it runs.
      const [states, said, standing] = await Promise.all([
        readModules(
          host,
          modules.map((name) => ({ name, options: {}, configured: false })),
        ),
        host.query(sh`sh -c ${script} survey ${words}`, { timeoutMs }).then(({ stdout }) => {
          return parseSurvey(stdout, { before, after: Date.now() }, paths)
        }),
        installation.read(host),
      ])
      return {
        ...said,
        installation: standing,
        modules: new Set(modules.filter((_, index) => isAtWork(states[index]))),
      }
    },
  )
}

function isAtWork(state: Reading<ModuleState> | undefined): boolean {
  if (state === undefined || state instanceof Error) throw state ?? new Error('A kernel module was left out.')
  return state.loaded !== 'no'
}
