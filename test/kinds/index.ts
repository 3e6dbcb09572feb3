import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cases as alternative } from './alternative.ts'
import { cases as archive } from './archive.ts'
import { cases as block } from './block.ts'
import { cases as command } from './command.ts'
import { cases as directory } from './directory.ts'
import { cases as file } from './file.ts'
import { cases as keys } from './keys.ts'
import { cases as line } from './line.ts'
import { cases as osPackage } from './package.ts'
import { cases as restarted } from './restarted.ts'
import { cases as symlink } from './symlink.ts'
import { cases as tree } from './tree.ts'
import { cases as unit } from './unit.ts'
import { cases as user } from './user.ts'
import type { KindCase } from './case.ts'

/** Every kind of resource on a real host, at least once. */
export const allCases: readonly KindCase[] = [
  alternative,
  archive,
  block,
  command,
  directory,
  file,
  keys,
  line,
  osPackage,
  restarted,
  symlink,
  tree,
  unit,
  user,
].flat()

/** Kinds that no lab host can show, and why; the fake host shows them. */
export const fakeOnly: Readonly<Record<string, string>> = {}

/** The kinds that have no case here. */
export function kindsWithoutCase(): readonly string[] {
  const shown = new Set([...allCases.map(({ kind }) => kind), ...Object.keys(fakeOnly)])
  return kindsOfResources().filter((kind) => !shown.has(kind))
}

function kindsOfResources(): readonly string[] {
  const folder = join(import.meta.dirname, '../../lib/resources')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  return sources.flatMap((name) => {
    const found = readFileSync(join(folder, name), 'utf8').matchAll(/defineResource\(\s*'(\w+)'/g)
    return [...found].map(([, kind]) => kind ?? '')
  })
}

export function caseNamed(title: string): KindCase {
  const found = allCases.find((each) => each.title === title)
  if (found === undefined) throw new TypeError(`There is no case "${title}".`)
  return found
}
