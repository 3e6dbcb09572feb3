import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cgroup } from './cgroups.ts'
import { startInside } from './daemons.ts'

/**
 * Serves this machine's time to the hosts of a lab. It can neither set nor slew the clock: it is told not to, and
 * started without the right to.
 */
export async function startTimeServer(dir: string, cgroup: Cgroup, address: string): Promise<void> {
  const conf = join(dir, 'time-server')
  mkdirSync(conf, { recursive: true })
  const settings = [
    `bindaddress ${address}`,
    'cmdport 0',
    'bindcmdaddress /',
    'allow',
    'local stratum 8',
    `pidfile ${join(conf, 'pid')}`,
  ]
  writeFileSync(join(conf, 'chrony.conf'), `${settings.join('\n')}\n`)
  const withoutClock = ['--bounding-set', '-sys_time', '--inh-caps', '-all', '--']
  const chronyd = ['/usr/sbin/chronyd', '-n', '-x', '-F', '0', '-u', 'root', '-f', join(conf, 'chrony.conf')]
  await startInside(cgroup, join(conf, 'output.log'), 'setpriv', [...withoutClock, ...chronyd])
}
