import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tool } from './tool.ts'

const root = join(import.meta.dirname, '../../..')

/** Troupe as a user starts it, but for npx. */
export const troupe: Tool = {
  name: 'troupe',

  async version() {
    return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
  },

  async prepare({ playbooks, vars = [] }, { inventoryFile, folder, atOnce }) {
    const flags = ['-i', inventoryFile, '-f', String(atOnce), ...vars.flatMap((each) => ['-e', each])]
    return {
      program: process.execPath,
      args: ['--import', 'tsx', playbooks.troupe, ...flags],
      env: { TROUPE_STATE: join(folder, 'state') },
    }
  },
}
