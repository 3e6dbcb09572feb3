import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../../lab/command.ts'
import type { Site } from '../work.ts'
import { installed, pythonPackages } from './packages.ts'
import { countsNothing, type Tool } from './tool.ts'

/** Set up as its users do who want it fast. */
function configuration({ knownHostsFile, folder, hosts }: Site, strategies?: string): string {
  const mitogen = [`strategy_plugins = ${strategies ?? ''}`, 'strategy = mitogen_linear']
  return [
    '[defaults]',
    `forks = ${Math.max(hosts.length, 5)}`,
    'gathering = explicit',
    'interpreter_python = /usr/bin/python3',
    'host_key_checking = True',
    `local_tmp = ${folder}/ansible-tmp`,
    'deprecation_warnings = False',
    ...(strategies === undefined ? [] : mitogen),
    '[ssh_connection]',
    'pipelining = True',
    `control_path_dir = ${folder}/cp`,
    `ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${knownHostsFile}`,
    '',
  ].join('\n')
}

interface Variant {
  readonly name: string
  /** Where its programs are, and those of mitogen's strategies. */
  readonly find: () => Promise<{ readonly programs: string; readonly strategies?: string }>
  readonly versionOf?: (programs: string) => Promise<string>
}

function variant({ name, find, versionOf = versionOfCore }: Variant): Tool {
  let found: Awaited<ReturnType<typeof find>> | undefined
  return {
    name,
    async version() {
      found = await find()
      return versionOf(found.programs)
    },
    saysNothingToDo: countsNothing,
    start({ ansible: words }, site) {
      if (words === undefined || found === undefined) return undefined
      const [program = '', ...args] = words
      const [config, home] = [join(site.folder, 'ansible.cfg'), join(site.folder, 'ansible')]
      mkdirSync(home, { recursive: true })
      writeFileSync(config, configuration(site, found.strategies))
      return {
        program: join(found.programs, program),
        args: [...args, '-i', site.inventoryFile],
        env: { ANSIBLE_CONFIG: config, ANSIBLE_HOME: home },
      }
    },
  }
}

async function versionOfCore(programs: string): Promise<string> {
  const said = await command(join(programs, 'ansible-playbook'), ['--version'])
  return /core ([\d.]+)/.exec(said)?.[1] ?? said
}

async function debian(): Promise<{ readonly programs: string }> {
  await installed('ansible-core', '/usr/bin/ansible-playbook')
  return { programs: '/usr/bin' }
}

/** ansible-core as Debian packages it. */
export const ansible = variant({ name: 'ansible', find: debian })

/** The same with mitogen, which keeps Python on the host and sends it modules. */
export const mitogen = variant({
  name: 'mitogen',
  async find() {
    const strategies = '/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy'
    await installed('ansible-mitogen', strategies)
    return { ...(await debian()), strategies }
  },
  async versionOf(programs) {
    const package_ = await command('dpkg-query', ['-W', '-f', '${Version}', 'ansible-mitogen'])
    return `${package_.split('-')[0]} on ${await versionOfCore(programs)}`
  },
})

/** The newest ansible-core that this Python takes. */
export const newAnsible = variant({
  name: 'ansible-new',
  find: async () => ({ programs: join(await pythonPackages('ansible-core'), 'bin') }),
})
