import type { HostReader } from '../host/host.ts'
import { defineResource, type Reading } from '../task/kind.ts'
import { TaskFailed } from '../task/outcome.ts'
import { same } from '../task/state.ts'
import type { Installation } from './installation.ts'
import { readScript, removedWithinMs, removeScript } from './installation-scripts.ts'

type Ref = { readonly [K in keyof Installation]: Installation[K] }

type Installed = {
  readonly is: 'installation'
  /** Those that are active, or start at boot. */
  readonly units: readonly string[]
  readonly processes: number
  readonly mounts: readonly string[]
  readonly links: readonly string[]
  readonly rules: number
  readonly paths: readonly string[]
}

const nothing: Installed = {
  is: 'installation',
  units: [],
  processes: 0,
  mounts: [],
  links: [],
  rules: 0,
  paths: [],
}

/** Nothing of an installation runs, is mounted, filters packets or stands on the disk. */
export const noInstallation = defineResource('noInstallation', {
  make: (installation: Installation) => ({
    key: installation.name,
    ref: installation as Ref,
    spec: {},
  }),

  read: (host, refs: readonly Ref[]) => Promise.all(refs.map((ref) => readInstalled(host, ref))),

  want: (): Installed => nothing,

  async apply(host, ref, { to }) {
    if (!same(to, nothing)) {
      throw new TaskFailed(`${ref.name} cannot be made again from nothing: install it.`)
    }
    host.say(`takes ${ref.name} away`)
    await host.exec({ text: removeScript(ref) }, { job: `no ${ref.name}`, timeoutMs: removedWithinMs })
  },

  claim: ({ name }) => [`installation:${name}`],

  oneWay: () => 'What was taken away comes back only by an installation.',
})

async function readInstalled(host: HostReader, ref: Ref): Promise<Reading<Installed>> {
  const { stdout } = await host.query({ text: readScript(ref) }, { timeoutMs: 60_000 })
  return parseInstalled(stdout)
}

export function parseInstalled(text: string): Installed {
  const lines = text.split('\n').flatMap((line) => {
    const [, word, rest] = /^(\w+) (.+)$/.exec(line) ?? []
    return word === undefined || rest === undefined ? [] : [[word, rest] as const]
  })
  const those = (wanted: string) => lines.flatMap(([word, rest]) => (word === wanted ? [rest] : []))
  return {
    is: 'installation',
    units: those('unit'),
    processes: those('process').length,
    mounts: those('mount'),
    links: those('link'),
    rules: those('rules').reduce((sum, count) => sum + Number(count), 0),
    paths: those('path'),
  }
}
