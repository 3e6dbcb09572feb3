import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { command } from '../../lab/command.ts'
import type { Site } from '../work.ts'
import { pythonPackages } from './packages.ts'
import type { Tool } from './tool.ts'

let program = 'pyinfra'

/** The newest pyinfra of the Python index. */
export const pyinfra: Tool = {
  name: 'pyinfra',

  async version() {
    program = join(await pythonPackages('pyinfra'), 'bin/pyinfra')
    return /v?(\d[\d.]+)/.exec(await command(program, ['--version']))?.[1] ?? 'unknown'
  },

  start({ pyinfra: words }, site) {
    if (words === undefined) return undefined
    if (words[0]?.startsWith('-')) return { program, args: words }
    const file = join(site.folder, 'inventory.py')
    writeFileSync(file, inventory(site))
    const [first = ''] = words
    const folder = first.endsWith('.py') ? dirname(first) : site.folder
    return { program, args: ['-y', '--chdir', folder, file, ...words], folder: site.folder }
  },

  saysNothingToDo: (output) => /Grand total +\d+ +- +- /.test(output),
}

function inventory({ hosts, keyFile, knownHostsFile }: Site): string {
  const lines = hosts.map(({ name, address }) => `    ("${name}", {"ssh_hostname": "${address}", **way}),\n`)
  return `way = {
    "ssh_user": "root",
    "ssh_key": "${keyFile}",
    "ssh_known_hosts_file": "${knownHostsFile}",
    "ssh_strict_host_key_checking": "yes",
}
hosts = [
${lines.join('')}]
`
}
