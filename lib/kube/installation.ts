import { sh } from '../host/command.ts'
import { defineResource } from '../task/kind.ts'
import { removedWithinMs, setAsideScript } from './installation-scripts.ts'

/** What an installation consists of; what is left out of it is not looked at. In paths and names a * stands for anything. */
export interface Installation {
  /** Names it in reports. */
  readonly name: string
  readonly units: readonly string[]
  /** Folders of programs: what runs from there, and all that it started, belongs to it. */
  readonly programs?: readonly string[]
  /** What is mounted below these. */
  readonly mounts?: readonly string[]
  /** Network links. */
  readonly links?: readonly string[]
  /** Marks of its rules in iptables and of its tables in nftables, as extended regular expressions. */
  readonly rules?: readonly string[]
  /** Files and folders that are its own. */
  readonly paths?: readonly string[]
  /** Folders that go with it once they are empty. */
  readonly emptied?: readonly string[]
}

/** An installation that is to come, and how a way back knows it. */
export interface Installing extends Installation {
  /** A folder that is there wherever it was installed. */
  readonly mark: string
  /** What nobody can make again: these folders below `from` are set aside beside it. */
  readonly keeps: { readonly from: string; readonly folders: readonly string[] }
}

type Ref = { readonly [K in keyof Installing]: Installing[K] }

type Place = { readonly is: 'installation'; readonly stands: boolean }

/** The place of an installation, prepared before it first runs; undone, all that came to stand there since goes with it. */
export const installation = defineResource('installation', {
  make: (installing: Installing) => ({ key: installing.name, ref: installing as Ref, spec: {} }),

  async read(host, refs: readonly Ref[]) {
    const stats = await host.stat(refs.map(({ mark }) => mark))
    return stats.map(({ type }): Place => ({ is: 'installation', stands: type === 'directory' }))
  },

  want: (): Place => ({ is: 'installation', stands: true }),

  async apply(host, ref, { to }) {
    if (to.stands) return void (await host.exec(sh`mkdir -p -- ${ref.mark}`))
    host.say(`takes ${ref.name} away`)
    const options = { job: `no ${ref.name}`, timeoutMs: removedWithinMs }
    const { stdout } = await host.exec({ text: setAsideScript(ref) }, options)
    for (const line of stdout.split('\n')) if (line.includes(' is kept as ')) host.say(line)
  },

  claim: ({ name }) => [`installation:${name}`],
})
