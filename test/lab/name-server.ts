import { join } from 'node:path'
import type { Cgroup } from './cgroups.ts'
import { startInside } from './daemons.ts'

/** Answers the hosts of a lab whatever they ask: it knows no name, and asks nobody. */
export async function startNameServer(dir: string, cgroup: Cgroup, address: string): Promise<void> {
  const alone = [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--pid-file=',
    '--user=root',
    '--group=root',
  ]
  const silent = ['--no-resolv', '--no-hosts', '--local=/#/', '--bind-interfaces']
  const log = join(dir, 'name-server', 'output.log')
  await startInside(cgroup, log, '/usr/sbin/dnsmasq', [...alone, ...silent, `--listen-address=${address}`])
}
