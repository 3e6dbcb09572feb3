import { join } from 'node:path'
import { buildProgram, programFile } from './forge/build.ts'
import type { Program } from './forge/programs.ts'
import { withLock } from './lock.ts'
import { forgeDir } from './places.ts'

/** The program that the age format is from. */
const age: Program = {
  name: 'age',
  source: { module: 'filippo.io/age', version: 'v1.2.1' },
  main: 'cmd/age',
}

/** Where it stands; the first time on a machine it is built from its Go module. */
export async function ageProgram(): Promise<string> {
  await withLock(join(forgeDir, 'age.lock'), () => buildProgram(age))
  return programFile(age.name)
}
