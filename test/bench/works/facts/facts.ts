import { join } from 'node:path'
import { overviewScript } from '../../../../lib/host/facts/overview.ts'
import type { Work } from '../../work.ts'

const asked = [
  ...['Hostname', 'LinuxDistribution', 'Kernel', 'Arch', 'Mounts'].map((name) => `server.${name}`),
  ...['Cpus', 'Memory', 'Ipv4Addrs', 'NetworkDevices'].map((name) => `hardware.${name}`),
  'systemd.SystemdStatus',
]

/** What one wants to know first of hosts, in each tool's own choice of it. */
export const facts: Work = {
  name: 'facts',
  runs: ['only'],
  ways: () => ({
    troupe: [join(import.meta.dirname, '../../../../playbooks/facts.ts')],
    ansible: ['ansible', 'all', '-m', 'setup'],
    pyinfra: ['fact', ...asked],
    script: () => overviewScript,
  }),
  on: { counts: [8], prepare: 'true', reset: 'true', touches: () => false },
}
