import type { Located } from '../inventory/located.ts'
import type { Secret } from '../secrets/secret.ts'
import { firstWins, type SshSettings } from '../transport/ssh-config/settings.ts'
import {
  hostKeyChecking,
  isLocal,
  knownHostsFiles,
  port,
  sshArgs,
  sudo,
  text,
  yesNo,
} from './connection-schemas.ts'
import type { HostVars } from './load.ts'
import { localPath } from './local-path.ts'
import { problemOf, WrongVariables, type VarProblem } from './resolve.ts'
import { secret } from './schema.ts'
import type { Schema } from './schema-type.ts'

/** How one host is reached, and as whom it is worked on; what stays open of the way there, ssh_config may say. */
export interface ConnectionVars extends SshSettings {
  readonly address: string
  readonly password?: Secret
  readonly connection: 'ssh' | 'local'
  readonly become: boolean
  readonly becomeUser: string
  readonly becomePassword?: Secret
}

/** What the command line says for all hosts; as in Ansible, a variable of a host overrides it. */
export type ConnectionDefaults = Partial<Omit<ConnectionVars, 'address'>>

/** Reads the variables of a host that say how to reach it; throws `WrongVariables` with all that is wrong. */
export function connectionOf(hostVars: HostVars, cli: ConnectionDefaults = {}): ConnectionVars {
  const problems: VarProblem[] = []
  /** Of several names for one thing the last that is set counts, as in Ansible. */
  function read<T>(schema: Schema<T>, ...names: readonly string[]): T | undefined {
    const set = names.map((name) => ({ name, found: hostVars.get(name) })).findLast(isSet)
    if (set === undefined) return undefined
    return schema.read(set.found, [], (fault) => problems.push(problemOf(hostVars.host, set.name, fault)))
  }

  const args = (name: string) => read(sshArgs, name) ?? {}
  read(sudo, 'ansible_become_method')
  const keyFile = read(text, 'ansible_private_key_file', 'ansible_ssh_private_key_file')
  const local = read(isLocal, 'ansible_connection')
  const given = defined({
    port: read(port, 'ansible_port', 'ansible_ssh_port'),
    user: read(text, 'ansible_user', 'ansible_ssh_user'),
    keyFiles: keyFile === undefined ? undefined : [localPath(keyFile)],
    password: read(secret(), 'ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'),
    connection: local === undefined ? undefined : local ? ('local' as const) : ('ssh' as const),
    become: read(yesNo, 'ansible_become'),
    becomeUser: read(text, 'ansible_become_user', 'ansible_sudo_user'),
    becomePassword: read(secret(), 'ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'),
    hostKeyChecking: read(hostKeyChecking, 'ansible_host_key_checking', 'ansible_ssh_host_key_checking'),
    knownHostsFiles: read(knownHostsFiles, 'ansible_ssh_known_hosts_file'),
  })
  const address = read(text, 'ansible_host', 'ansible_ssh_host') ?? hostVars.host
  // In the order in which Ansible puts them on ssh's command line, of which the first counts.
  const before = args('ansible_ssh_args')
  const after = [args('ansible_ssh_common_args'), args('ansible_ssh_extra_args')]
  if (problems.length > 0) throw new WrongVariables(problems)
  const chosen = { ...fallback, ...cli, ...given }
  return { ...chosen, ...firstWins(before, chosen, ...after), address }
}

const fallback = { connection: 'ssh', become: false, becomeUser: 'root' } as const

interface Named {
  readonly name: string
  readonly found: Located | undefined
}

function isSet(named: Named): named is Named & { readonly found: Located } {
  const value = named.found?.value
  return value !== undefined && value !== null && value !== ''
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Without what was not given, so that it can be laid over defaults. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
