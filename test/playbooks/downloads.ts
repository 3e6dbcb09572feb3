import { artifacts } from '../../lib/artifacts/index.ts'
import { main } from '../../lib/cli/main.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { download } from '../../lib/resources/index.ts'
import { defineVars, path, string } from '../../lib/vars/schema.ts'

const vars = defineVars({
  url: string({ doc: 'Where it is to be had.' }),
  sha256: string({ doc: 'Its checksum.' }),
  path: path({ default: '/opt/artifact', doc: 'Where it is to stand.' }),
})

const downloads = defineRole({
  name: 'downloads',
  folder: import.meta.dirname,
  vars,
  shared: { artifacts },
  async tasks({ vars: { path: at, url, sha256 }, shared, task }) {
    await task(
      'Fetch the artifact',
      download({ path: at, url, sha256, mode: 0o755, artifacts: shared.artifacts }),
    )
  },
})

/** One artifact for every host. */
export default playbook('One artifact', [stage('Fetch', { hosts: 'all', roles: [downloads] })])

await main(import.meta)
