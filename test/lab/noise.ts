/**
 * What a boot, a login and the mere passing of time bring about in a host that nobody changed, found by comparing
 * twins. Each pattern is held against one line of a fingerprint; each says why it may be passed over.
 */
const noise: readonly { readonly line: RegExp; readonly why: string }[] = [
  {
    line: /^path \/var\/log\/journal\//,
    why: 'journald writes all the time, in a folder named after the host',
  },
  { line: /^path \/var\/log\/(wtmp|btmp|lastlog|wtmp\.db) /, why: 'every boot and login is on record there' },
  { line: /^path \/var\/lib\/wtmpdb(\/| )/, why: 'the same, in Debian 13' },
  {
    line: /^path (\/var)?\/tmp\/systemd-private-/,
    why: 'PrivateTmp= of running services, named after the boot',
  },
  { line: /^path \/tmp\/\.(X11|ICE|XIM|font)-unix /, why: 'systemd-tmpfiles makes them at boot' },
  { line: /^path \/var\/lib\/systemd\/timers\/stamp-/, why: 'when a timer last ran' },
  { line: /^path \/var\/lib\/systemd\/(random-seed|timesync\/clock) /, why: 'written at shutdown' },
  { line: /^path \/var\/lib\/sudo\/lectured(\/| )/, why: 'who has read what sudo says once' },
  { line: /^path \/home\/\w+\/\.sudo_as_admin_successful /, why: 'the same' },
  { line: /^path \/(etc|var)\/\.updated /, why: 'systemd-update-done notes the age of /usr' },
  { line: /^path \/etc\/\.pwd\.lock /, why: 'the lock of whoever reads or writes accounts' },
  { line: /^(unit|state) session-\w+\.scope /, why: 'a login' },
  { line: /^(unit|state) user(-runtime-dir)?@\d+\.service /, why: 'a login' },
  { line: /^(unit|state) user-\d+\.slice /, why: 'a login' },
  { line: /^(unit|state) run-user-\d+\.mount /, why: 'a login' },
  { line: /^mount \/run\/user\/\d+ /, why: 'a login' },
  { line: /^(unit|state) sshd?@\S*\.service /, why: 'a login' },
  { line: /^(unit|state) run-credentials-\S+\.mount /, why: 'stands while a service starts' },
  { line: /^mount \/run\/credentials\//, why: 'stands while a service starts' },
  {
    line: /^state systemd-(hostnamed|timedated|localed|machined)\.(service|socket) loaded (active|inactive) /,
    why: 'woken by a question, and gone when nobody asks',
  },
  {
    line: /^state (systemd-tmpfiles-clean|e2scrub_all|logrotate)\.service loaded (active|inactive|activating) /,
    why: 'runs when its timer says so',
  },
  {
    line: /^state \S+ (loaded|not-found) inactive dead$/,
    why: 'listed for as long as something holds it; that a unit does not run shows by the line that is missing',
  },
  { line: /^state systemd-tmpfiles-clean\.timer /, why: 'waits before its first run, and counts after it' },
  {
    line: /^sysctl fs\/(dentry-state|file-nr|inode-nr|inode-state|aio-nr|quota\/)/,
    why: 'counts what the whole machine does',
  },
  {
    line: /^sysctl kernel\/(random\/|ns_last_pid|pty\/nr|hostname)/,
    why: 'another value at each look or boot',
  },
  { line: /^sysctl net\/ipv4\/tcp_fastopen_key/, why: 'random' },
  { line: /^sysctl net\/netfilter\/nf_conntrack_count/, why: 'counts connections' },
]

export const isNoise = (line: string): boolean => noise.some((known) => known.line.test(line))
