import { sh } from '../../lib/host/command.ts'
import { command } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'command',
    title: 'A command runs where its guard asks for it, and has a way back',
    resources: () => [
      command({
        title: 'Make a device',
        run: sh`mkfifo -m 600 /etc/pipe`,
        unless: sh`test -p /etc/pipe`,
        undo: sh`rm /etc/pipe`,
      }),
    ],
    damages: ['rm /etc/pipe'],
  },
]
