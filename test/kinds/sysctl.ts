import { sysctl } from '../../lib/resources/kernel/sysctl.ts'
import type { KindCase } from './case.ts'

const ours = '/etc/sysctl.d/99-troupe.conf'

export const cases: readonly KindCase[] = [
  {
    kind: 'sysctl',
    title: 'A value under net is set, live and for the next boot',
    // Each change of it sets others anew, so they are to be as it leaves them.
    prepare: 'sysctl -q -w net.ipv4.ip_forward=1; sysctl -q -w net.ipv4.ip_forward=0',
    resources: () => [sysctl({ key: 'net.ipv4.ip_forward', value: 1 })],
    damages: ['echo 0 > /proc/sys/net/ipv4/ip_forward', `rm ${ours}`, `sed -i s/1/0/ ${ours}`],
  },
  {
    kind: 'sysctl',
    title: 'A value of several words joins the lines of others in a file',
    prepare: `printf '# theirs\\nnet.core.somaxconn = 4096' > ${ours}`,
    resources: () => [
      sysctl({ key: 'net.core.somaxconn', value: 8192 }),
      sysctl({ key: 'net.ipv4.ip_local_port_range', value: '1024 65535' }),
    ],
    damages: ['echo "2000 3000" > /proc/sys/net/ipv4/ip_local_port_range', `sed -i /port_range/d ${ours}`],
  },
]
