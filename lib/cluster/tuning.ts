import { cidr, defineVars, duration, int, list, oneOf, record, string, type Infer } from '../vars/schema.ts'

const choice = <const C extends string>(own: C, doc: string) =>
  oneOf(own, 'keep', { default: own, doc } as const)

/** How hosts are made alike below Kubernetes: set under `system_tuning`, done by that role, foreseen by preflight. */
export const tuning = defineVars({
  selinux: choice('permissive', 'Whether SELinux only warns, now and after a boot; or is left as it is.'),
  swap: choice('off', 'Whether all swap is turned off, now and after a boot; or is left as it is.'),
  firewall: oneOf('open', 'off', 'keep', {
    default: 'open',
    doc: 'Whether an active firewall lets the ports of the cluster in, is turned off, or is left as it is.',
  }),
  hostname: choice('inventory', 'Whether a host is named as the inventory calls it; or keeps its name.'),
  etcHosts: choice(
    'managed',
    'Whether /etc/hosts gets a block with all hosts, the registry and extra.hosts.',
  ),
  nameServers: choice(
    'managed',
    'Whether the name servers of extra.resolves are put before those of the host.',
  ),
  packages: choice('managed', 'Whether the packages that a node needs are installed.'),
  debs: list(string(), { default: [], doc: 'Further packages for hosts with apt.' }),
  rpms: list(string(), { default: [], doc: 'Further packages for hosts with dnf.' }),
  timeSync: choice('managed', 'Whether chrony keeps the clock; or whatever keeps it goes on with that.'),
  timeServers: list(string(), {
    default: [],
    doc: 'Whom the clocks follow: one host of the inventory, which then serves the others, or addresses of time servers. Empty: those of the system; offline, the first server serves.',
  }),
  timeClients: list(cidr(), {
    default: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
    doc: 'Networks that the serving host of the inventory answers.',
  }),
  kernelModules: choice('managed', 'Whether the kernel modules of a node are loaded, now and at boot.'),
  modules: list(string(), { default: [], doc: 'Further kernel modules.' }),
  kernelSettings: choice('managed', 'Whether the kernel parameters of a node are set, now and at boot.'),
  sysctls: record(string(), {
    default: {},
    doc: 'Further kernel parameters, or other values for those of a node, as {name: value}.',
  }),
  timezone: string({ default: 'UTC', doc: 'The time zone, as the zone database calls it; or keep.' }),
  logs: choice('managed', 'Whether the journal and the logs of containers are bounded.'),
  journalMaxUse: string({ default: '1G', doc: 'How much the journal may take of the disk.' }),
  journalMaxAge: string({ default: '1month', doc: 'How long the journal is kept, as journald.conf has it.' }),
  containerLogMaxSize: string({
    default: '10Mi',
    doc: 'How long the log of a container gets before a new one.',
  }),
  containerLogMaxFiles: int({ default: 5, min: 2, doc: 'How many logs of a container are kept.' }),
  limits: choice('managed', 'Whether the limits of open files and processes are raised.'),
  openFiles: int({ default: 1_048_576, min: 1024, doc: 'How many files a process may have open.' }),
  processes: int({ default: 65_536, min: 1024, doc: 'How many processes and threads a user may have.' }),
  clockDeadline: duration({ default: '2m', doc: 'How long a clock may take until it follows its server.' }),
})

export type Tuning = Infer<typeof tuning>

/** What the tasks are called, for those who name the one that mends what they found. */
export const tuningTasks = {
  selinux: 'Let SELinux only warn',
  swap: 'Turn swap off',
  firewallOpen: 'Let the ports of the cluster in',
  firewallOff: 'Turn the firewall off',
  hostname: 'Name the host as the inventory does',
  etcHosts: 'Let the hosts know each other by name',
  nameServers: 'Ask the name servers of the cluster first',
  packages: 'Install what a node needs',
  timeSync: 'Run chrony',
  kernelModules: 'Load the kernel modules',
  kernelSettings: 'Set the kernel parameters',
  timezone: 'Set the time zone',
  logs: 'Bound the logs',
  limits: 'Raise the limits',
} as const
