import type { Located } from '../inventory/located.ts'
import type { Secret } from '../secrets/secret.ts'
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

export type HostKeyChecking = 'yes' | 'accept-new' | 'no'

/** How one host is reached, and as whom it is worked on. */
export interface ConnectionVars {
  readonly address: string
  readonly port: number
  readonly user?: string
  readonly keyFile?: string
  readonly password?: Secret
  readonly connection: 'ssh' | 'local'
  readonly become: boolean
  readonly becomeUser: string
  readonly becomePassword?: Secret
  readonly hostKeyChecking: HostKeyChecking
  readonly knownHostsFiles?: readonly string[]
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

  const args = {
    ...read(sshArgs, 'ansible_ssh_extra_args'),
    ...read(sshArgs, 'ansible_ssh_common_args'),
    ...read(sshArgs, 'ansible_ssh_args'),
  }
  read(sudo, 'ansible_become_method')
  const keyFile = read(text, 'ansible_private_key_file', 'ansible_ssh_private_key_file')
  const local = read(isLocal, 'ansible_connection')
  const given = defined({
    port: read(port, 'ansible_port', 'ansible_ssh_port'),
    user: read(text, 'ansible_user', 'ansible_ssh_user'),
    keyFile: keyFile === undefined ? undefined : localPath(keyFile),
    password: read(secret(), 'ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'),
    connection: local === undefined ? undefined : local ? ('local' as const) : ('ssh' as const),
    become: read(yesNo, 'ansible_become'),
    becomeUser: read(text, 'ansible_become_user', 'ansible_sudo_user'),
    becomePassword: read(secret(), 'ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'),
    hostKeyChecking: read(hostKeyChecking, 'ansible_host_key_checking', 'ansible_ssh_host_key_checking'),
    knownHostsFiles: read(knownHostsFiles, 'ansible_ssh_known_hosts_file'),
  })
  const address = read(text, 'ansible_host', 'ansible_ssh_host') ?? hostVars.host
  if (problems.length > 0) throw new WrongVariables(problems)
  return { ...fallback, ...cli, ...args, ...given, address }
}

const fallback = {
  port: 22,
  connection: 'ssh',
  become: false,
  becomeUser: 'root',
  hostKeyChecking: 'yes',
} as const

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
