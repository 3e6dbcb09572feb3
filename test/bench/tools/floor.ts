import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Tool } from './tool.ts'

/** What no tool on Node and ssh2 can go below: the whole work of a host as one script over one connection. */
export const floor: Tool = {
  name: 'floor',

  async version() {
    const file = createRequire(import.meta.url).resolve('ssh2/package.json')
    return `ssh2 ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`
  },

  async prepare(work, { hosts, keyFile, folder }) {
    const names = hosts.map(({ name }) => name)
    const plan = {
      keyFile,
      hosts: hosts.map(({ name, address, hostKey }) => ({
        name,
        address,
        hostKey: hostKey.split(' ')[1],
        script: work.script(name, names),
      })),
    }
    const file = join(folder, 'floor.json')
    writeFileSync(file, JSON.stringify(plan))
    return { program: process.execPath, args: [join(import.meta.dirname, 'floor-program.mjs'), file] }
  },
}
