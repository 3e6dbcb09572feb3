import { group } from '../../lib/resources/users/group.ts'
import type { KindCase } from './case.ts'

const lastVersions = {
  line: /^path \/etc\/(passwd|group|shadow|gshadow)- /,
  why: 'the last version but one',
}

export const cases: readonly KindCase[] = [
  {
    kind: 'group',
    title: 'A group comes with its number and its members',
    resources: () => [group({ name: 'kube-cert', gid: 990, members: ['games', 'news'] })],
    damages: ['groupdel kube-cert', 'groupmod --gid 991 kube-cert', 'gpasswd --delete news kube-cert'],
    noise: [lastVersions],
  },
  {
    kind: 'group',
    title: 'A group that stands gets one member more',
    prepare: 'groupadd --gid 991 shared && gpasswd --add news shared',
    resources: () => [group({ name: 'shared', members: ['games'] })],
    damages: ['gpasswd --delete games shared'],
    noise: [lastVersions],
  },
  {
    kind: 'group',
    title: 'A group that nobody wants goes',
    prepare: 'groupadd --gid 993 stray && gpasswd --add news stray',
    resources: () => [group({ name: 'stray', state: 'absent' })],
    damages: ['groupadd --gid 993 stray'],
    noise: [lastVersions],
  },
]
