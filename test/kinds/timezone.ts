import { timezone } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'timezone',
    title: 'The time zone is set, where it is linked and where it is written',
    resources: () => [timezone({ name: 'Europe/Berlin' })],
    damages: [
      'ln -sf /usr/share/zoneinfo/Asia/Tokyo /etc/localtime',
      'rm /etc/localtime',
      'echo Asia/Tokyo >/etc/timezone',
    ],
  },
  {
    kind: 'timezone',
    title: 'A copy of a zone gives way to a link',
    resources: () => [timezone({ name: 'UTC' })],
    prepare: 'rm /etc/localtime && cp /usr/share/zoneinfo/Asia/Tokyo /etc/localtime && rm /etc/timezone',
    damages: ['ln -sf /usr/share/zoneinfo/Asia/Tokyo /etc/localtime'],
  },
]
