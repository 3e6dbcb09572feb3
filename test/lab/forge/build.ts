import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, command } from '../command.ts'
import { forgeDir } from '../places.ts'
import type { Program } from './programs.ts'
import type { Source } from './versions.ts'

/** Where a program stands once it is built. */
export const programFile = (name: string) => join(forgeDir, 'programs', name)

/** What names a build: all that it is made from. */
export function markOf(program: Program): string {
  const hash = createHash('sha256').update(JSON.stringify({ ...program, source: undefined }))
  if (!('folder' in program.source)) return hash.update(JSON.stringify(program.source)).digest('hex')
  for (const name of readdirSync(program.source.folder).toSorted())
    hash.update(name).update(readFileSync(join(program.source.folder, name)))
  return hash.digest('hex')
}

/** Builds a program unless it stands already, made from the same. True when it was built. */
export async function buildProgram(program: Program): Promise<boolean> {
  const file = programFile(program.name)
  const mark = `${file}.mark`
  if (existsSync(file) && existsSync(mark) && readFileSync(mark, 'utf8') === markOf(program)) return false
  rmSync(mark, { force: true })
  mkdirSync(join(file, '..'), { recursive: true })
  const { source, main } = program
  const folder = 'folder' in source ? source.folder : await moduleFor(source)
  const target = 'folder' in source ? '.' : join(source.module, main)
  await go(folder, program.cgo ?? false, ['build', ...flagsOf(program), '-o', file, target])
  writeFileSync(mark, markOf(program))
  return true
}

/** The flags that make a small, static program that knows its version. */
export function flagsOf({ stamp = {}, tags = [], cgo = false }: Program): readonly string[] {
  const stamps = Object.entries(stamp).map(([name, value]) => `-X ${name}=${value}`)
  const link = ['-s', '-w', ...(cgo ? ['-linkmode external', "-extldflags '-static'"] : []), ...stamps]
  return [
    '-trimpath',
    `-ldflags=${link.join(' ')}`,
    ...(tags.length === 0 ? [] : [`-tags=${tags.join(',')}`]),
  ]
}

// A module of the forge's own that asks for the other: programs of modules are built from a main module.
async function moduleFor(source: Source): Promise<string> {
  const folder = join(forgeDir, 'modules', `${source.module.replaceAll('/', '-')}-${source.version}`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'go.mod')
  if (existsSync(file)) return folder
  const head = 'module forge\n\ngo 1.24\n'
  writeFileSync(file, head)
  const got = await go(folder, false, ['mod', 'download', '-json', `${source.module}@${source.version}`])
  const { GoMod } = JSON.parse(got) as { GoMod: string }
  const asked = `require ${source.module} ${source.version}\n`
  writeFileSync(file, head + asked + partsOf(readFileSync(GoMod, 'utf8'), source))
  return folder
}

/** The lines of a go.mod that put a source's own parts, which only its own repository holds, to a real version. */
export function partsOf(goMod: string, { parts }: Source): string {
  if (parts === undefined) return ''
  const names = [...goMod.matchAll(/^\s*(?:replace\s+)?(\S+) => \.\/staging\//gm)].map(([, name]) => name)
  return names.map((name) => `replace ${name} => ${name} ${parts}\n`).join('')
}

async function go(folder: string, cgo: boolean, args: readonly string[]): Promise<string> {
  const settings = [
    `CGO_ENABLED=${cgo ? 1 : 0}`,
    'GOFLAGS=-mod=mod -buildvcs=false',
    // A module comes from where modules are kept, or not at all.
    'GOVCS=*:off',
    `PATH=${process.env.PATH}:/usr/local/go/bin`,
  ]
  const run = ['-C', folder, ...settings, 'nice', '-n', '10', 'go', ...args]
  if ((await attempt('env', ['-C', folder, ...settings, 'go', 'version'])).code !== 0)
    throw new Error(
      'The forge builds with Go, and there is none in PATH or /usr/local/go. Install Go 1.24 or newer.',
    )
  return command('env', run)
}
