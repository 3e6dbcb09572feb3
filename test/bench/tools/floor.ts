import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { countsNothing, type Tool } from './tool.ts'

const folderHere = import.meta.dirname

/** What no tool on Node and ssh2 can go below: the whole work of a host as one script over one connection. */
export const floor: Tool = {
  name: 'floor',

  async version() {
    const file = createRequire(import.meta.url).resolve('ssh2/package.json')
    return `ssh2 ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`
  },

  start({ script, payload, node }, { hosts, keyFile, folder }) {
    if (node !== undefined) return { program: process.execPath, args: node, folder: folderHere }
    if (script === undefined) return undefined
    const names = hosts.map(({ name }) => name)
    const plan = {
      keyFile,
      payload,
      hosts: hosts.map(({ name, address, hostKey }) => ({
        name,
        address,
        hostKey: hostKey.split(' ')[1],
        script: script(name, names),
      })),
    }
    const file = join(folder, 'floor.json')
    writeFileSync(file, JSON.stringify(plan))
    return { program: process.execPath, args: [join(folderHere, 'floor-program.mjs'), file] }
  },

  saysNothingToDo: countsNothing,
}
