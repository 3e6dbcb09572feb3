import type { Fingerprint } from '../lab/fingerprint.ts'

/** What package and user tools leave of their own accord when what they did is undone. */
const leftByTools: readonly { readonly line: RegExp; readonly why: string }[] = [
  { line: /^path \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)- /, why: 'the last version but one' },
  { line: /^path \/var\/lib\/dpkg\/\S+-old /, why: 'the last version but one' },
  { line: /^path \/var\/cache\/apt\//, why: 'packages and lists that apt keeps' },
  { line: /^path \/var\/lib\/apt\/lists\//, why: 'what the repositories have' },
  { line: /^path \/var\/(cache\/debconf|lib\/ucf)\//, why: 'what debconf and ucf remember of every package' },
  {
    line: /^state (time-(set|sync)|network-online|remote-fs-pre|rpcbind)\.target /,
    why: 'a target that was reached stays so until the next boot',
  },
  { line: /^state systemd-networkd-wait-online\.service /, why: 'the last of these waits for it' },
  { line: /^state run-rpc_pipefs\.mount /, why: 'a lab host may not mount what nfs-common wants' },
  { line: /^path \/etc\/default\/\S+\.ucf-dist /, why: 'ucf puts aside what a package came with' },
  { line: /^path \/var\/cache\/ldconfig\//, why: 'what ldconfig remembers of libraries' },
  { line: /^path \/var\/log\/(apt\/|dpkg\.log |alternatives\.log )/, why: 'logs' },
]

/** A fingerprint without what no revert can be asked to take away. */
export function withoutLeftovers(fingerprint: Fingerprint): Fingerprint {
  return fingerprint.filter((line) => !leftByTools.some((known) => known.line.test(line)))
}

/** Debian's packages make users and groups, and leave them when they go: what they owned may be there still. */
const accounts = {
  users: ['_rpc', 'statd', '_chrony'],
  groups: ['input', 'sgx', 'kvm', 'render', 'clock', '_chrony'],
} as const

/** Takes away, by hand, the accounts that packages leave. */
export const withoutAccounts = [
  ...accounts.users.map((user) => `if getent passwd ${user} >/dev/null; then userdel ${user}; fi`),
  ...accounts.groups.map((group) => `if getent group ${group} >/dev/null; then groupdel ${group}; fi`),
].join('\n')

/** What is ours on a host, and bears the name of a run or a key that is drawn anew each time. */
const ours = /^(path|run) \/(var\/lib|run)\/troupe(\/| |$)/

export function withoutOurs(fingerprint: Fingerprint): Fingerprint {
  return fingerprint.filter((line) => !ours.test(line))
}

/** Traces of a run that is over: nobody works there any more. */
export function litterOf(fingerprint: Fingerprint): Fingerprint {
  return fingerprint.filter((line) => /^run \/run\/troupe\/(lock|jobs\/)|\.troupe /.test(line))
}
