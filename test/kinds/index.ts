import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KindCase } from './case.ts'

/** Kinds that no lab host can show, and why; the fake host shows them. */
export const fakeOnly: Readonly<Record<string, string>> = {
  authority: 'it stands on the controller, where no fingerprint looks; its own tests do',
  backup: 'it stands on the controller and is no part of a host; host/backup looks into it',
  pruned: 'what it takes away stands on the controller; host/backup looks into it',
  image: 'a fingerprint cannot tell what is in the database of a runtime; host/container-image looks into it',
  selinux: 'no lab host knows SELinux',
  swapFile: 'a lab host shares the swap of its machine, so it has none of its own',
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

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
}
