import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { quote } from '../../../../lib/host/command.ts'
import { indispensable } from '../../../../roles/preflight/sought.ts'
import type { Work } from '../../work.ts'

const root = join(import.meta.dirname, '../../../..')
const survey = readFileSync(join(root, 'roles/preflight/files/survey.sh'), 'utf8')
const sought = [indispensable.join(' '), '/var/lib/rancher /var/log /tmp', 'overlay br_netfilter vxlan']

/** Hosts are judged, against Ansible's facts alone, which judge nothing; the floor asks each host and judges nothing. */
export const judge: Work = {
  name: 'judge',
  runs: ['only'],
  ways: () => ({
    troupe: [join(root, 'playbooks/preflight.ts')],
    ansible: ['ansible', 'all', '-m', 'setup'],
    script: () => `sh -c ${quote(survey)} survey ${sought.map(quote).join(' ')} >/dev/null\necho changed=0\n`,
  }),
  on: { counts: [8], prepare: 'true', reset: 'true', touches: (line) => line.includes(' /etc/') },
}
