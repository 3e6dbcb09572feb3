import { sh } from '../../host/command.ts'
import type { Hash, Host, HostReader } from '../../host/host.ts'
import { defineResource, type Change, type Reading } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { checkPath, inFolder, readPlaces, type NoFolder } from '../files/place.ts'
import { putFile } from '../files/put-file.ts'

/** A limit stands for both of its ends, the one that a program may raise and the one that it may not pass. */
export type UnitDefault = `DefaultLimit${Uppercase<string>}` | 'DefaultTasksMax'

export interface UnitDefaultsArgs {
  /** A file of its own in `/etc/systemd/system.conf.d`. */
  readonly path: string
  readonly set: Readonly<Partial<Record<UnitDefault, number>>>
}

type Ref = { readonly path: string; readonly properties: readonly string[] }

export type UnitDefaultsState = {
  readonly is: 'defaults'
  /** What systemd gives to a unit that starts now. */
  readonly live: Readonly<Record<string, string>>
  readonly file: Hash | null
  readonly hint?: NoFolder
}

/** What systemd gives to units that ask for nothing else, from their next start on, and after a boot. */
export const unitDefaults = defineResource('unitDefaults', {
  make({ path, set }: UnitDefaultsArgs) {
    const settings = Object.entries(set).map(([name, value = 0]) => [name, value] as const)
    if (settings.length === 0 || settings.some(([, value]) => !Number.isInteger(value) || value < 1))
      throw new TypeError(`What ${path} sets for units has to be whole numbers.`)
    const live = Object.fromEntries(
      settings.flatMap(([name, value]) => propertiesOf(name).map((property) => [property, String(value)])),
    )
    const content = ['[Manager]', ...settings.map(([name, value]) => `${name}=${value}`), ''].join('\n')
    const ref: Ref = { path: checkPath(path), properties: Object.keys(live) }
    return { key: path, ref, spec: { live, content } }
  },

  read: readDefaults,

  want(actual: UnitDefaultsState, { live, content }, context): UnitDefaultsState {
    const { file, hint } = actual
    const there = { is: file === null ? 'absent' : 'file', ...(hint === undefined ? {} : { hint }) }
    return inFolder(there, { is: 'defaults', live, file: context.keep(content) })
  },

  apply: moveDefaults,

  claim: ({ path, properties }) => [`path:${path}`, ...properties.map((name) => `systemd:${name}`)],
})

function propertiesOf(name: string): readonly string[] {
  return name.startsWith('DefaultLimit') ? [name, `${name}Soft`] : [name]
}

async function readDefaults(
  host: HostReader,
  refs: readonly Ref[],
): Promise<readonly Reading<UnitDefaultsState>[]> {
  const [places, live] = await Promise.all([
    readPlaces(
      host,
      refs.map(({ path }) => path),
    ),
    liveValues(
      host,
      refs.flatMap(({ properties }) => properties),
    ),
  ])
  return refs.map(({ path, properties }, index) => {
    const { stat, hint } = places[index] ?? { stat: { type: 'absent' } }
    if (stat.type !== 'absent' && stat.type !== 'file')
      return new TaskFailed(`${path} is a ${stat.type}, where a file is wanted.`)
    return {
      is: 'defaults',
      live: Object.fromEntries(properties.map((name) => [name, live.get(name) ?? 'unknown'])),
      file: stat.type === 'file' ? stat.hash : null,
      ...(hint === undefined ? {} : { hint }),
    }
  })
}

async function liveValues(
  host: HostReader,
  properties: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await host.query(sh`systemctl show -p ${properties.join(',')}`)
  const lines = stdout.split('\n').filter((line) => line.includes('='))
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

async function moveDefaults(
  host: Host,
  { path, properties }: Ref,
  { to }: Change<UnitDefaultsState>,
): Promise<void> {
  const [stat] = await host.stat([path])
  await putFile(host, path, { from: stat?.type === 'file' ? stat.hash : null, to: to.file })
  const differing = async () => {
    const live = await liveValues(host, properties)
    return properties.filter((name) => live.get(name) !== to.live[name])
  }
  // An older systemd reads its own configuration only when it starts.
  for (const verb of ['daemon-reload', 'daemon-reexec']) {
    if ((await differing()).length === 0) return
    await host.exec(sh`systemctl ${verb}`)
  }
  // What somebody had written and not yet let systemd take up cannot come back so.
  const promised = to.file === null ? '' : (await host.bytes(to.file)).toString()
  const left = (await differing()).filter((name) => promised.includes(`${name}=${to.live[name]}\n`))
  if (left.length === 0) return
  throw new TaskFailed(`systemd on ${host.name} does not take ${left.join(', ')} from ${path}.`, {
    advice:
      'Look for a file that is read after it, and sets it otherwise: systemd-analyze cat-config systemd/system.conf',
  })
}
