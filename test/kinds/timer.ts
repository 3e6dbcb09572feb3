import { sh } from '../../lib/host/command.ts'
import { timer } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

const units = '/etc/systemd/system'
const rotate = {
  name: 'rotate',
  command: sh`echo "$USER" 100%n ${'it\'s "so"'} >>/run/rotated`,
  env: { NOTE: 'a $b' },
  onCalendar: 'daily',
} as const

export const cases: readonly KindCase[] = [
  {
    kind: 'unit',
    title: 'A timer and its service come, and go',
    resources: () => timer({ ...rotate, persistent: true, randomDelay: '1h' }),
    // A damage to its files is repaired by two resources; the unit test has those.
    damages: ['systemctl disable rotate.timer', 'systemctl stop rotate.timer'],
    noise: [
      { line: /path \/var\/lib\/systemd\/timers/, why: 'when it elapsed last is no setting of the host' },
    ],
  },
  {
    kind: 'unit',
    title: 'A timer is removed with its service',
    resources: () => timer({ name: 'rotate', state: 'absent' }),
    prepare: [
      `printf '[Timer]\\nOnCalendar=weekly\\n[Install]\\nWantedBy=timers.target\\n' >${units}/rotate.timer`,
      `printf '[Service]\\nExecStart=/bin/true\\n' >${units}/rotate.service`,
      'systemctl daemon-reload && systemctl enable --now rotate.timer',
    ].join('\n'),
    damages: [`echo '[Service]' >${units}/rotate.service`],
  },
]
