import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder } from './scratch.ts'

const usual =
  'cat chmod chown cut grep head mkdir mv rm sed sh sha256sum sleep sort tail timeout tr wc'.split(' ')
const busybox = '/usr/bin/busybox'

/** A folder with links to programs, to be the whole PATH of a script. */
function folderWith(programs: readonly (readonly [name: string, target: string])[]): string {
  const folder = scratchFolder()
  for (const [name, target] of programs) symlinkSync(target, join(folder, name))
  return folder
}

/** Programs that fetch, each with a PATH that has it, the usual ones and no others; undefined where this machine lacks it. */
export function fetchingPrograms(): ReadonlyMap<'curl' | 'wget' | 'busybox', string | undefined> {
  const own = usual.map((name) => [name, `/usr/bin/${name}`] as const)
  const beside = (name: string) => {
    const file = `/usr/bin/${name}`
    return existsSync(file) ? folderWith([...own, [name, file]]) : undefined
  }
  const all = [...usual, 'wget', 'nc'].map((name) => [name, busybox] as const)
  return new Map([
    ['curl', beside('curl')],
    ['wget', beside('wget')],
    ['busybox', existsSync(busybox) ? folderWith(all) : undefined],
  ])
}
