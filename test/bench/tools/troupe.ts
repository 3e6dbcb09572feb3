import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Site } from '../work.ts'
import { countsNothing, type Invocation, type Tool } from './tool.ts'

const root = join(import.meta.dirname, '../../..')

async function version(): Promise<string> {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
}

/** As its users start it, but for npx. */
export const troupe: Tool = {
  name: 'troupe',
  version,
  saysNothingToDo: countsNothing,
  start: ({ troupe: words }, site) => words && started(process.execPath, ['--import', 'tsx', ...words], site),
}

/** With npx: what that adds. */
export const npx: Tool = {
  name: 'npx',
  version,
  saysNothingToDo: countsNothing,
  start: ({ npx: words }, site) => words && started('npx', ['tsx', ...words], site),
}

function started(
  program: string,
  args: readonly string[],
  { inventoryFile, hosts, folder }: Site,
): Invocation {
  const forks = hosts.length === 0 ? [] : ['-f', String(hosts.length)]
  return {
    program,
    args: [...args, '-i', inventoryFile, ...forks],
    env: { TROUPE_STATE: join(folder, 'state') },
    folder: root,
  }
}
