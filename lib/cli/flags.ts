import { flag, type Flag } from './flag.ts'

const hosts = {
  inventory: flag(
    'texts',
    '-i --inventory --inventory-file FILE',
    'hosts: a file, a folder or a list like a,b,',
  ),
  limit: flag('text', '-l --limit PATTERN', 'only these hosts and groups; @FILE: from it'),
  playbookDir: flag('text', '--playbook-dir DIR', 'where group_vars of playbooks stand'),
  extraVars: flag('texts', '-e --extra-vars VARS', 'name=value, YAML, JSON or @file; wins over all'),
}

const secrets = {
  vaultIds: flag('texts', '--vault-id ID@SOURCE', 'a password by its name: FILE, program, prompt'),
  vaultPasswordFiles: flag(
    'texts',
    '--vault-password-file --vault-pass-file FILE',
    'a vault password: FILE, or what it prints',
  ),
  askVaultPass: flag('switch', '-J --ask-vault-pass --ask-vault-password', 'ask for a vault password'),
}

const vaultFiles = {
  output: flag('text', '--output FILE', 'write there, and leave FILE as it is; -: stdout'),
  encryptVaultId: flag('text', '--encrypt-vault-id ID', 'encrypt with the password of this name'),
  newVaultId: flag('text', '--new-vault-id ID@SOURCE', 'the new password, with its name'),
  newVaultPasswordFile: flag('text', '--new-vault-password-file FILE', 'the new password'),
  variableName: flag('text', '-n --name --stdin-name NAME', 'of the variable that the text is for'),
}

const running = {
  check: flag('switch', '-C --check', 'change nothing, say what would change'),
  forks: flag('number', '-f --forks N', 'so many hosts side by side'),
  tags: flag('list', '-t --tags TAGS', 'only what has one of these tags'),
  skipTags: flag('list', '--skip-tags TAGS', 'nothing that has one of these tags'),
  startAt: flag('text', '--start-at --start-at-task TASK', 'pass over the tasks before this one'),
  step: flag('switch', '--step', 'ask before each task'),
  debugger: flag('switch', '--debugger', 'stop at a task that fails, to look into it'),
  yes: flag('switch', '--yes', 'do not ask for confirmation'),
}

const earlierRuns = {
  resume: flag('optional', '--resume RUN', 'go on with a run that did not end, or the last'),
  revert: flag('text', '--revert RUN', 'undo what a run did (RUN: its id, or last)'),
}

const connection = {
  user: flag('text', '-u --user USER', 'log in as this user'),
  askPass: flag('switch', '-k --ask-pass', 'ask for the password to log in with'),
  privateKey: flag('text', '--private-key --key-file FILE', 'log in with this key'),
  connection: flag('text', '-c --connection TYPE', 'how hosts are reached: ssh, local, docker …'),
  timeoutSeconds: flag('number', '-T --timeout SECONDS', 'how long a connection may take to open'),
  become: flag('switch', '-b --become', 'work as another user: root, unless named'),
  becomeUser: flag('text', '--become-user USER', 'the user to work as'),
  becomeMethod: flag('text', '--become-method WAY', 'sudo, su or doas'),
  askBecomePass: flag('switch', '-K --ask-become-pass', 'ask for the password to become another user'),
}

const output = {
  diff: flag('switch', '-D --diff', 'show what differs'),
  lang: flag('text', '--lang LANG', 'en or zh, for what is found out about hosts'),
  verbosity: flag('count', '-v --verbose', '-v what changes, -vv all, -vvv connections'),
  json: flag('switch', '--json', 'events as lines on stdout, the rest on stderr'),
  logFile: flag('text', '--log-file FILE', 'add JSON lines for a collector to this file'),
  junit: flag('text', '--junit FILE', 'write a JUnit report to this file'),
  detailedExitcode: flag('switch', '--detailed-exitcode', 'exit with 3 when something changed or would'),
}

const withoutRunning = {
  listHosts: flag('switch', '--list-hosts', 'list the hosts of every stage'),
  listTasks: flag('switch', '--list-tasks', 'list the tasks of every stage'),
  listTags: flag('switch', '--list-tags', 'list the tags of every stage'),
  syntaxCheck: flag('switch', '--syntax-check', 'check playbook, inventory, variables; no host'),
  help: flag('switch', '-h --help', 'show this'),
  version: flag('switch', '--version', 'show the version'),
}

/** As the help shows them. */
export const flagGroups: Readonly<Record<string, Readonly<Record<string, Flag>>>> = {
  'Hosts and variables': hosts,
  'Encrypted variables': secrets,
  'Encrypted files': vaultFiles,
  'What is run': running,
  'Earlier runs': earlierRuns,
  Connection: connection,
  Output: output,
  'Without running': withoutRunning,
}

/** Every flag; letters and long names are Ansible's and mean what they mean there, where Ansible has them. */
export const flags = {
  ...hosts,
  ...secrets,
  ...vaultFiles,
  ...running,
  ...earlierRuns,
  ...connection,
  ...output,
  ...withoutRunning,
}

export type FlagName = keyof typeof flags

/** What the command line said, by the names of the table. */
export type Options = {
  readonly [N in FlagName]: (typeof flags)[N] extends Flag<infer T> ? Values[T] : never
}

/** What a flag comes to; undefined, empty, false or 0 where it was not given. */
export interface Values {
  readonly switch: boolean
  readonly count: number
  readonly number: number | undefined
  readonly text: string | undefined
  readonly texts: readonly string[]
  readonly list: readonly string[]
  /** True where it stood without a value. */
  readonly optional: string | true | undefined
}

export const flagNames = Object.keys(flags) as readonly FlagName[]

/** Those that any playbook takes; the others belong to one script. */
export const playbookFlags = flagNames.filter((name) => !Object.hasOwn(vaultFiles, name))
