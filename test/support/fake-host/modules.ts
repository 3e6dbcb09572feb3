import { dirname } from 'node:path/posix'
import type { Answer } from '../../../lib/host/host.ts'
import { changer, options, refused, said, type Programs } from './answer.ts'
import type { FakeFiles } from './files.ts'

/** What a module brings: the modules that it needs, and its parameters with what they are unless told otherwise. */
export interface FakeModule {
  readonly needs?: readonly string[]
  readonly parameters?: Readonly<Record<string, string>>
  /** Settings of the kernel that are there while it is loaded, by path. */
  readonly brings?: Readonly<Record<string, string>>
}

interface Loaded {
  readonly name: string
  readonly users: number
}

const release = '6.1.0-fake'
const list = '/proc/modules'

/** Makes a host with modules that can be loaded; all there is to know of them stands in its files. */
export function offerModules(files: FakeFiles, modules: Readonly<Record<string, FakeModule>>): void {
  files.mkdir('/etc/modprobe.d')
  files.mkdir('/etc/modules-load.d')
  files.mkdir('/sys/module')
  files.write('/proc/sys/kernel/osrelease', `${release}\n`)
  if (files.get(list) === undefined) files.write(list, '')
  for (const [name, module] of Object.entries(modules)) files.write(fileOf(name), JSON.stringify(module))
}

/** Somebody uses it, or no longer does. */
export function useModule(files: FakeFiles, name: string, users: number): void {
  write(
    files,
    loaded(files).map((each) => (each.name === name ? { ...each, users } : each)),
  )
}

export function modprobe(files: FakeFiles): Programs {
  return ([program, ...rest]) => {
    if (program !== 'modprobe') return undefined
    const { flags, rest: names } = options(rest, [])
    const [name = ''] = names
    return changer(() => (flags.has('-r') ? unload(files, name) : load(files, name)))
  }
}

function load(files: FakeFiles, name: string): Answer {
  const module = moduleOf(files, name)
  if (module === undefined)
    return refused(`modprobe: FATAL: Module ${name} not found in directory /lib/modules/${release}`)
  const configuration = files.children('/etc/modprobe.d').map((path) => files.read(path) ?? '')
  const lines = configuration.flatMap((text) => text.split('\n'))
  if (lines.includes(`install ${name} /bin/false`))
    return refused(`modprobe: ERROR: ${name} is not to be loaded`)
  if (loaded(files).some((each) => each.name === name)) return said('')
  for (const needed of module.needs ?? []) {
    load(files, needed)
    use(files, needed, 1)
  }
  write(files, [...loaded(files), { name, users: 0 }])
  files.mkdir(`/sys/module/${name}`)
  const given = lines.filter((line) => line.startsWith(`options ${name} `)).flatMap((line) => line.split(' '))
  for (const [key, value] of Object.entries(module.parameters ?? {})) {
    const option = given.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1)
    files.write(`/sys/module/${name}/parameters/${key}`, `${option ?? value}\n`)
  }
  for (const [path, value] of Object.entries(module.brings ?? {})) files.write(path, value)
  return said('')
}

function unload(files: FakeFiles, name: string): Answer {
  const there = loaded(files).find((each) => each.name === name)
  if (there === undefined) return said('')
  if (there.users > 0) return refused(`modprobe: FATAL: Module ${name} is in use.`)
  const module = moduleOf(files, name)
  write(
    files,
    loaded(files).filter((each) => each.name !== name),
  )
  files.remove(`/sys/module/${name}`)
  for (const path of Object.keys(module?.brings ?? {})) {
    files.remove(path)
    if (files.children(dirname(path)).length === 0) files.remove(dirname(path))
  }
  for (const needed of module?.needs ?? []) {
    use(files, needed, -1)
    // What nobody needs any more goes along, whether or not it was there before.
    unload(files, needed)
  }
  return said('')
}

function use(files: FakeFiles, name: string, more: number): void {
  const users = loaded(files).find((each) => each.name === name)?.users ?? 0
  useModule(files, name, users + more)
}

function loaded(files: FakeFiles): readonly Loaded[] {
  const lines = (files.read(list) ?? '').split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const [name = '', , users] = line.split(' ')
    return { name, users: Number(users) }
  })
}

function write(files: FakeFiles, modules: readonly Loaded[]): void {
  const lines = modules.map(({ name, users }) => `${name} 16384 ${users} - Live 0x0000000000000000\n`)
  files.write(list, lines.toSorted().join(''))
}

function moduleOf(files: FakeFiles, name: string): FakeModule | undefined {
  const text = files.read(fileOf(name))
  return text === undefined ? undefined : (JSON.parse(text) as FakeModule)
}

function fileOf(name: string): string {
  return `/lib/modules/${release}/kernel/${name}.ko`
}
