import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../../lab/command.ts'
import { countsNothing, type Tool } from './tool.ts'

/** A process of OpenSSH for each host, all side by side: the whole work of a host as one script. */
export const openssh: Tool = {
  name: 'openssh',

  async version() {
    const said = await command('sh', ['-c', 'ssh -V 2>&1'])
    return /OpenSSH_([\w.]+)/.exec(said)?.[1] ?? said
  },

  start({ script, payload }, { hosts, keyFile, knownHostsFile, folder }) {
    if (script === undefined) return undefined
    const names = hosts.map(({ name }) => name)
    const config = join(folder, 'ssh_config')
    writeFileSync(
      config,
      [
        `Host *\n  User root\n  IdentityFile ${keyFile}\n  UserKnownHostsFile ${knownHostsFile}\n  BatchMode yes`,
        ...hosts.map(({ name, address }) => `Host ${name}\n  HostName ${address}\n  HostKeyAlias ${name}`),
        '',
      ].join('\n'),
    )
    const runs = hosts.map(({ name }) => {
      const [file, said] = [join(folder, `${name}.sh`), join(folder, `${name}.said`)]
      writeFileSync(file, script(name, names))
      const sent =
        payload === undefined
          ? ''
          : ` && { ! grep -qx send ${said} || scp -qrpF ${config} ${payload}/. ${name}:/; }`
      return `{ ssh -F ${config} ${name} sh <${file} >${said}${sent}; } & all="$all $!"`
    })
    const program = join(folder, 'all.sh')
    writeFileSync(
      program,
      `${runs.join('\n')}\nfor each in $all; do wait $each || exit 1; done\ncat ${folder}/*.said\n`,
    )
    return { program: 'sh', args: [program] }
  },

  saysNothingToDo: countsNothing,
}
