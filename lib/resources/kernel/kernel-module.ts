import { bootIdPath } from '../../host/boot.ts'
import { sh } from '../../host/command.ts'
import { CommandFailed, type Hash, type Host } from '../../host/host.ts'
import { defineResource, type Change, type WantContext } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { putFile } from '../files/put-file.ts'
import {
  bootFile,
  loadedIn,
  optionsFile,
  parameterFile,
  plain,
  readModules,
  type Loaded,
  type ModuleRef,
  type ModuleState,
} from './kernel-module-state.ts'

export interface KernelModuleArgs {
  /** A dash and an underline are the same. */
  readonly name: string
  /** Parameters, for the next time it is loaded and, where the kernel lets them be set, for now. */
  readonly options?: Readonly<Record<string, string | number>>
  /** Unloads it and keeps it from being loaded again. */
  readonly state?: 'absent'
}

/** A module of the kernel that is loaded, now and at boot; what is built in counts as loaded. */
export const kernelModule = defineResource('kernelModule', {
  make({ name: given, options = {}, state }: KernelModuleArgs) {
    if (!/^\w[\w-]*$/.test(given))
      throw new TypeError(`${JSON.stringify(given)} is no name of a kernel module.`)
    const name = given.replaceAll('-', '_')
    const texts = Object.entries(options).map(([key, value]): [string, string] => [key, String(value)])
    if (texts.some(([key, value]) => !/^\w+$/.test(key) || !/^\S+$/.test(value)))
      throw new TypeError(`The options of the kernel module ${name} have to be single words.`)
    if (state === 'absent' && texts.length > 0)
      throw new TypeError(`The kernel module ${name} is to be absent, and to have options.`)
    const ref: ModuleRef = {
      name,
      options: Object.fromEntries(texts),
      configured: state === 'absent' || texts.length > 0,
    }
    return { key: name, ref, spec: { name, options: texts, absent: state === 'absent' } }
  },

  read: readModules,

  want(actual: ModuleState, { name, options, absent }, context: WantContext): ModuleState {
    if (!absent) {
      const words = options.map(([key, value]) => ` ${key}=${value}`).join('')
      return {
        ...actual,
        loaded: actual.loaded === 'no' ? 'yes' : actual.loaded,
        boot: context.keep(`${name}\n`),
        ...(words === '' ? {} : { options: context.keep(`options ${name}${words}\n`) }),
        stale: [],
      }
    }
    if (actual.loaded === 'built in') {
      throw new TaskFailed(`The module ${name} is built into the kernel, so it cannot be unloaded.`, {
        advice: 'Boot another kernel, or do without this.',
      })
    }
    const kept = context.keep(`blacklist ${name}\ninstall ${name} /bin/false\n`)
    return { ...actual, loaded: 'no', boot: null, options: kept, stale: [] }
  },

  apply: moveModule,

  claim: ({ name }) => [`module:${name}`, `path:${bootFile(name)}`, `path:${optionsFile(name)}`],
})

async function moveModule(host: Host, ref: ModuleRef, { to }: Change<ModuleState>): Promise<void> {
  const { name } = ref
  // What it is loaded with stands there before; what keeps it out goes before.
  if (to.options !== undefined) await setFile(host, optionsFile(name), to.options)
  const now = (await loadedNow(host)).get(name)
  if (to.loaded === 'yes' && now === undefined) await load(host, name)
  if (to.loaded === 'no') {
    if (now !== undefined) await unload(host, name, now)
    await loadAgain(host, to)
  }
  await setParameters(host, ref, to)
  await setFile(host, bootFile(name), to.boot)
}

async function loadedNow(host: Host): Promise<ReadonlyMap<string, Loaded>> {
  const [text] = await host.readFiles(['/proc/modules'])
  return loadedIn(text?.toString() ?? '')
}

async function load(host: Host, name: string): Promise<void> {
  try {
    await host.exec(sh`modprobe -- ${name}`)
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    throw new TaskFailed(
      `${host.name} cannot load the kernel module ${name}.\n${error.answer.stderr.trim()}`,
      {
        advice:
          'Install the package with the modules of the kernel that runs, or reboot where a newer kernel was installed.',
        cause: error,
      },
    )
  }
}

/** With it goes what it needs and nothing else does. */
async function unload(host: Host, name: string, { users, by }: Loaded): Promise<void> {
  if (users > 0) {
    throw new TaskFailed(
      `The kernel module ${name} on ${host.name} is in use${by === '-' ? '' : ` by ${by}`}, so it stays loaded.`,
      { advice: 'Stop what uses it, or reboot: it is not loaded at boot.' },
    )
  }
  await host.exec(sh`modprobe -r -- ${name}`)
}

/** What was loaded before it, and was taken along when it went; after a boot nobody knows what that would be. */
async function loadAgain(host: Host, { hint }: ModuleState): Promise<void> {
  if (hint?.idle === undefined) return
  const [[boot], left] = await Promise.all([host.readFiles([bootIdPath]), loadedNow(host)])
  if (boot?.toString().trim() !== hint.boot) return
  for (const other of hint.idle.filter((each) => !left.has(each))) await host.exec(sh`modprobe -- ${other}`)
}

async function setParameters(host: Host, ref: ModuleRef, to: ModuleState): Promise<void> {
  if (Object.keys(ref.options).length === 0) return
  const [now] = await readModules(host, [ref])
  if (now === undefined || now instanceof Error) throw now ?? new Error(`${ref.name} was not read.`)
  const back = to.stale.filter((key) => !now.stale.includes(key))
  const wanted = [
    ...now.stale.filter((key) => !to.stale.includes(key)).map((key) => [key, ref.options[key] ?? '']),
    ...back.map((key) => [key, to.hint?.parameters?.[key] ?? '']),
  ]
  for (const [key = '', value = ''] of wanted) {
    const path = parameterFile(ref.name, key)
    const { stderr } = await host.exec(sh`tee -- ${path}`, { stdin: value, ok: [0, 1] })
    const [taken] = await host.readFiles([path])
    if (plain(taken?.toString() ?? '') === plain(value)) continue
    throw new TaskFailed(
      `${ref.name} is loaded on ${host.name} with ${key}=${taken?.toString().trim()}, and does not take ${value}.\n${stderr.trim()}`,
      {
        advice: `It is as wanted the next time that it is loaded: reboot, or unload it (modprobe -r ${ref.name}).`,
      },
    )
  }
}

async function setFile(host: Host, path: string, to: Hash | null): Promise<void> {
  const [stat] = await host.stat([path])
  await putFile(host, path, { from: stat?.type === 'file' ? stat.hash : null, to })
}
