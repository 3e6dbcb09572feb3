import { kernelModule } from '../../lib/resources/kernel/kernel-module.ts'
import type { KindCase } from './case.ts'

const boot = '/etc/modules-load.d/troupe-br_netfilter.conf'

export const cases: readonly KindCase[] = [
  {
    kind: 'kernelModule',
    title: 'Modules that are built in count as loaded, and are named for the next boot',
    resources: () => [kernelModule({ name: 'overlay' }), kernelModule({ name: 'br_netfilter' })],
    damages: [`rm ${boot}`, `echo br_netfilter_ > ${boot}`],
  },
  {
    kind: 'kernelModule',
    title: 'Options are written for the next time that it is loaded',
    prepare:
      'mkdir -p /etc/modprobe.d && echo "options nf_conntrack acct=1" > /etc/modprobe.d/troupe-nf_conntrack.conf',
    resources: () => [kernelModule({ name: 'nf_conntrack', options: { expect_hashsize: 4096 } })],
    damages: [
      'rm /etc/modprobe.d/troupe-nf_conntrack.conf',
      'echo "options nf_conntrack" > /etc/modprobe.d/troupe-nf_conntrack.conf',
    ],
  },
]
