import type { Located, Variables } from '../inventory/located.ts'
import type { Secret } from '../secrets/secret.ts'
import { firstWins, type SshSettings } from '../transport/ssh-config/settings.ts'
import type { BecomeMethod } from '../transport/become-method.ts'
import { becomeFlags, becomeMethod } from './become-schemas.ts'
import {
  hostKeyChecking,
  knownHostsFiles,
  port,
  retries,
  seconds,
  sshArgs,
  text,
  yesNo,
} from './connection-schemas.ts'
import { commandWords, connectionType, type ConnectionType } from './connection-types.ts'
import type { HostVars } from './load.ts'
import { localPath } from './local-path.ts'
import { problemOf, WrongVariables, type VarProblem } from './resolve.ts'
import { secret } from './schema.ts'
import type { Schema } from './schema-type.ts'

/** How one host is reached, and as whom it is worked on; what stays open of the way there, ssh_config may say. */
export interface ConnectionVars extends SshSettings {
  readonly address: string
  readonly password?: Secret
  /** How often the first contact is tried once its time is over. */
  readonly retries?: number
  readonly connection: ConnectionType
  /** What gives a shell, where `connection` is `command`. */
  readonly command?: readonly string[]
  readonly become: boolean
  readonly becomeMethod: BecomeMethod
  readonly becomeUser: string
  /** The program, where it is not found by its name. */
  readonly becomeExe?: string
  /** Begins as a login does: `su -`. */
  readonly becomeLogin?: boolean
  readonly becomePassword?: Secret
}

/** What the command line says for all hosts; as in Ansible, a variable of a host overrides it. */
export type ConnectionDefaults = Partial<Omit<ConnectionVars, 'address'>>

/**
 * Reads the variables of a host that say how to reach it, over what the command line says for all hosts, and that over
 * what settings do; throws `WrongVariables` with all that is wrong.
 */
export function connectionOf(
  hostVars: HostVars,
  cli: ConnectionDefaults = {},
  settings: Variables = new Map(),
): ConnectionVars {
  const problems: VarProblem[] = []
  const report = (problem: VarProblem) => void problems.push(problem)
  const ofHost = readerOf(hostVars.host, (name) => hostVars.get(name), report)
  const ofAll = readerOf(hostVars.host, (name) => settings.get(name), report)

  const method = (read: Read) => read(becomeMethod, 'ansible_become_method')
  const used = method(ofHost) ?? cli.becomeMethod ?? method(ofAll) ?? fallback.becomeMethod
  const chosen = { ...fallback, ...givenBy(ofAll, used), ...cli, ...givenBy(ofHost, used) }
  const address = ofHost(text, 'ansible_host', 'ansible_ssh_host') ?? hostVars.host
  const args = (name: string) => ofHost(sshArgs, name) ?? ofAll(sshArgs, name) ?? {}
  // In the order in which Ansible puts them on ssh's command line, of which the first counts.
  const before = args('ansible_ssh_args')
  const after = [args('ansible_ssh_common_args'), args('ansible_ssh_extra_args')]
  if (chosen.connection === 'command' && chosen.command === undefined)
    problems.push(commandMissing(hostVars.host))
  if (problems.length > 0) throw new WrongVariables(problems)
  return { ...chosen, ...firstWins(before, chosen, ...after), address }
}

/** Of several names for one thing the last that is set counts, as in Ansible. */
type Read = <T>(schema: Schema<T>, ...names: readonly string[]) => T | undefined

function readerOf(
  host: string,
  get: (name: string) => Located | undefined,
  report: (problem: VarProblem) => void,
): Read {
  return (schema, ...names) => {
    const set = names.map((name) => ({ name, found: get(name) })).findLast(isSet)
    return set && schema.read(set.found, [], (fault) => report(problemOf(host, set.name, fault)))
  }
}

function givenBy(read: Read, used: BecomeMethod) {
  const timeoutSeconds = read(seconds, 'ansible_timeout', 'ansible_ssh_timeout')
  const keyFile = read(text, 'ansible_private_key_file', 'ansible_ssh_private_key_file')
  return defined({
    port: read(port, 'ansible_port', 'ansible_ssh_port'),
    user: read(text, 'ansible_user', 'ansible_ssh_user'),
    keyFiles: keyFile === undefined ? undefined : [localPath(keyFile)],
    password: read(secret(), 'ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'),
    connection: read(connectionType, 'ansible_connection'),
    command: read(commandWords, 'troupe_command'),
    become: read(yesNo, 'ansible_become'),
    becomeMethod: read(becomeMethod, 'ansible_become_method'),
    becomeUser: read(text, 'ansible_become_user', `ansible_${used}_user`),
    becomeExe: read(text, 'ansible_become_exe', `ansible_${used}_exe`),
    becomeLogin: read(becomeFlags(used), 'ansible_become_flags', `ansible_${used}_flags`),
    becomePassword: read(
      secret(),
      'ansible_become_password',
      'ansible_become_pass',
      `ansible_${used}_pass`,
      `ansible_${used}_password`,
    ),
    hostKeyChecking: read(hostKeyChecking, 'ansible_host_key_checking', 'ansible_ssh_host_key_checking'),
    connectTimeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
    retries: read(retries, 'ansible_ssh_retries'),
    knownHostsFiles: read(knownHostsFiles, 'ansible_ssh_known_hosts_file'),
  })
}

function commandMissing(host: string): VarProblem {
  return {
    hosts: [host],
    path: 'troupe_command',
    expected: commandWords.type,
    found: 'nothing',
    advice: 'ansible_connection=command needs it: troupe_command="chroot /srv/web sh".',
  }
}

const fallback = {
  connection: 'ssh',
  become: false,
  becomeMethod: 'sudo',
  becomeUser: 'root',
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
