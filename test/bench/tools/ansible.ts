import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../../lab/command.ts'
import type { Tool } from './tool.ts'

/** ansible-core as Debian packages it, set up as its users do who want it fast. */
export const ansible: Tool = {
  name: 'ansible',

  async version() {
    if (!existsSync('/usr/bin/ansible-playbook')) {
      await command('apt-get', ['update'])
      const install = ['apt-get', 'install', '--yes', '--no-install-recommends', 'ansible-core']
      await command('env', ['DEBIAN_FRONTEND=noninteractive', ...install])
    }
    const said = await command('ansible-playbook', ['--version'])
    return /core ([\d.]+)/.exec(said)?.[1] ?? said
  },

  async prepare({ playbooks }, { inventoryFile, knownHostsFile, folder, atOnce }) {
    const config = join(folder, 'ansible.cfg')
    writeFileSync(
      config,
      `[defaults]
forks = ${atOnce}
gathering = explicit
interpreter_python = /usr/bin/python3
host_key_checking = True
local_tmp = ${folder}/ansible-tmp

[ssh_connection]
pipelining = True
control_path_dir = ${folder}/cp
ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${knownHostsFile}
`,
    )
    const env = { ANSIBLE_CONFIG: config }
    const { ansible: work } = playbooks
    return typeof work === 'string'
      ? { program: 'ansible-playbook', args: ['-i', inventoryFile, work], env }
      : { program: 'ansible', args: ['-i', inventoryFile, 'all', '-m', work.module], env }
  },
}
