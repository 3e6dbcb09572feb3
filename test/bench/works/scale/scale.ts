import { join } from 'node:path'
import type { Work } from '../../work.ts'

/** How time and memory grow with hosts and tasks; each run finds what the one before has left, and adds to it. */
export const scale: Work = {
  name: 'scale',
  runs: ['10 tasks', '100 tasks', '1000 tasks', '1000 tasks again'],
  ways: (run) => ({
    troupe: [join(import.meta.dirname, 'play.ts'), '-e', `scale.tasks=${run.split(' ')[0]}`],
  }),
  on: {
    counts: [1, 10, 30, 100],
    prepare: 'true',
    reset: 'rm -rf /srv/scale-* /var/lib/troupe /run/troupe',
    touches: (line) => line.includes(' /srv/scale-'),
  },
}
