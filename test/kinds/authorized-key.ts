import { authorizedKey } from '../../lib/resources/users/authorized-key.ts'
import type { KindCase } from './case.ts'

const [ours, theirs] = [
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDu7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIERERERERERERERERERERERERERERERERERERERERERE',
]
const ssh = '/home/deploy/.ssh'
const keys = `${ssh}/authorized_keys`

export const cases: readonly KindCase[] = [
  {
    kind: 'authorizedKey',
    title: 'A first key comes with its folder and its file',
    resources: () => [authorizedKey({ user: 'deploy', key: `${ours} deploy@ci`, options: 'restrict,pty' })],
    prepare: 'useradd --create-home deploy',
    damages: [
      `rm -r ${ssh}`,
      `sed -i 's/restrict,//' ${keys}`,
      `sed -i 's/deploy@ci/else/' ${keys}`,
      `echo '${ours}' >> ${keys}`,
    ],
  },
  {
    kind: 'authorizedKey',
    title: 'A key comes to the others of a user',
    resources: () => [authorizedKey({ user: 'root', key: `${ours} deploy@ci`, path: '/etc/ssh/keys/root' })],
    prepare: `mkdir -p /etc/ssh/keys && printf '# keys\\n%s' '${theirs} them' > /etc/ssh/keys/root`,
    damages: [`sed -i '/deploy@ci/d' /etc/ssh/keys/root`],
  },
]
