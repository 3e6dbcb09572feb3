import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KindCase } from './case.ts'

/** Kinds that no lab host can show, and why; the fake host shows them. */
export const fakeOnly: Readonly<Record<string, string>> = {
  image: 'a fingerprint cannot tell what is in the database of a runtime; host/container-image looks into it',
}

/** Every kind of resource on a real host, at least once: the cases of every file here that has some. */
export const allCases: readonly KindCase[] = (await Promise.all(sourcesIn(import.meta.dirname).map(casesOf)))
  .flat()
  .toSorted((one, other) => one.kind.localeCompare(other.kind))

async function casesOf(name: string): Promise<readonly KindCase[]> {
  if (import.meta.filename.endsWith(`/${name}`)) return []
  const { cases = [] } = (await import(join(import.meta.dirname, name))) as {
    readonly cases?: readonly KindCase[]
  }
  return cases
import { cases as alternative } from './alternative.ts'
import { cases as block } from './block.ts'
import { cases as command } from './command.ts'
import { cases as directory } from './directory.ts'
import { cases as file } from './file.ts'
import { cases as group } from './group.ts'
import { cases as kernelModule } from './kernel-module.ts'
import { cases as line } from './line.ts'
import { cases as mount } from './mount.ts'
import { cases as packageRepository } from './package-repository.ts'
import { cases as osPackage } from './package.ts'
import { cases as restarted } from './restarted.ts'
import { cases as swap } from './swap.ts'
import { cases as symlink } from './symlink.ts'
import { cases as sysctl } from './sysctl.ts'
import { cases as unit } from './unit.ts'
import { cases as user } from './user.ts'
import type { KindCase } from './case.ts'

/** Every kind of resource on a real host, at least once. */
export const allCases: readonly KindCase[] = [
  alternative,
  block,
  command,
  directory,
  file,
  group,
  kernelModule,
  line,
  mount,
  packageRepository,
  osPackage,
  restarted,
  swap,
  symlink,
  sysctl,
  unit,
  user,
].flat()

/** Kinds that no lab host can show, and why; the fake host shows them. */
export const fakeOnly: Readonly<Record<string, string>> = {
  swapFile: 'a lab host shares the swap of its machine, so it has none of its own',
}

/** The kinds that have no case here. */
export function kindsWithoutCase(): readonly string[] {
  const shown = new Set([...allCases.map(({ kind }) => kind), ...Object.keys(fakeOnly)])
  const folder = join(import.meta.dirname, '../../lib/resources')
  const kinds = sourcesIn(folder).flatMap((name) => {
    const found = readFileSync(join(folder, name), 'utf8').matchAll(/defineResource\(\s*'(\w+)'/g)
    return [...found].map(([, kind]) => kind ?? '')
  })
  return kinds.filter((kind) => !shown.has(kind))
}

export function caseNamed(title: string): KindCase {
  const found = allCases.find((each) => each.title === title)
  if (found === undefined) throw new TypeError(`There is no case "${title}".`)
  return found
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
}
