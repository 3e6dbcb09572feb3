import { mount } from '../../lib/resources/mount/mount.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'mount',
    title: 'A file system in memory is mounted, now and at boot',
    resources: () => [mount({ path: '/fast', source: 'tmpfs', fstype: 'tmpfs', options: 'size=1m,noexec' })],
    damages: [
      'umount /fast',
      'sed -i /fast/d /etc/fstab',
      'sed -i s/noexec/exec/ /etc/fstab',
      'mount -o remount,exec /fast',
    ],
  },
  {
    kind: 'mount',
    title: 'A folder is shown at a place with a blank in its name, read only',
    prepare: 'mkdir -p /srv/images "/my images" && printf "# theirs\\n" > /etc/fstab',
    resources: () => [
      mount({ path: '/my images', source: '/srv/images', fstype: 'none', options: 'bind,ro' }),
    ],
    damages: ['umount "/my images"', 'mount -o remount,bind,rw "/my images"'],
  },
  {
    kind: 'mount',
    title: 'A mount that nobody wants goes, and its line with it',
    prepare:
      'mkdir -p /stray && printf "tmpfs\\t/stray  tmpfs ro,size=1m\\n# theirs\\n" > /etc/fstab && systemctl daemon-reload && mount /stray',
    resources: () => [mount({ path: '/stray', state: 'absent' })],
    damages: ['mount -t tmpfs -o size=1m tmpfs /stray', 'echo "tmpfs /stray tmpfs ro,size=1m" >> /etc/fstab'],
  },
]
