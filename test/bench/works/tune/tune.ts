import { join } from 'node:path'
import type { OnHosts, Ways, Work } from '../../work.ts'
import { tuneScript } from './script.ts'

const edited = ['/etc/login.defs', '/etc/security/limits.conf', '/etc/hosts', '/etc/motd']
const units = ['bench.service', 'dpkg-db-backup.timer', 'apt-daily.timer']
const places = [...edited, '/etc/bench', '/var/lib/bench', '/etc/sysctl.d', '/etc/systemd/system']
const original = '/root/before-bench'

export const tuneWays: Ways = {
  troupe: [join(import.meta.dirname, 'troupe/tune.ts')],
  ansible: ['ansible-playbook', join(import.meta.dirname, 'ansible/tune.yml')],
  pyinfra: [join(import.meta.dirname, 'pyinfra/tune.py')],
  script: tuneScript,
}

/** How hosts are made ready for it, and what it touches there. */
export const tuned: Omit<OnHosts, 'counts'> = {
  prepare: `[ -d ${original} ] || { mkdir -p ${original} && cp -p ${edited.join(' ')} ${original}/; }`,
  reset: `set -e
! systemctl cat bench.service >/dev/null 2>&1 || systemctl disable -q --now bench.service
systemctl disable -q --now dpkg-db-backup.timer
rm -rf /etc/bench /var/lib/bench /etc/sysctl.d/99-bench.conf /etc/systemd/system/bench.service
${edited.map((path) => `cp -p ${original}/${path.slice(path.lastIndexOf('/') + 1)} ${path}`).join('\n')}
systemctl daemon-reload
rm -rf /var/lib/troupe /run/troupe`,
  touches(line) {
    const [what, name = ''] = line.split(' ')
    if (what === 'unit' || what === 'state') return units.includes(name)
    return places.some((place) => name === place || name.startsWith(`${place}/`))
  },
}

/** 20 typical tasks: directories, files, templates, lines, a block, units, a link, an absent file, questions. */
export const tune: Work = {
  name: 'tune',
  runs: ['first', 'second'],
  ways: () => tuneWays,
  on: { ...tuned, counts: [1, 8, 30], settled: 'second' },
}
