import { join } from 'node:path'
import type { Work } from '../../work.ts'

const root = join(import.meta.dirname, '../../../..')
const install = join(root, 'playbooks/install.ts')
const words = { help: '--help', 'list-hosts': '--list-hosts' }
const hosts = Array.from({ length: 8 }, (_, i) => `node${i + 1} ansible_host=127.0.0.1 ansible_port=1`)

/** What it takes before a host is touched; the least is Node with tsx and an empty file. */
export const startup: Work = {
  name: 'startup',
  runs: ['help', 'list-hosts'],
  inventory: `${hosts.join('\n')}\n[server]\nnode[1:3]\n[agent]\nnode[4:8]\n[all:vars]\nkubernetes.version=v1.34.2\n`,
  ways: (run) => {
    const flag = words[run as keyof typeof words]
    return {
      troupe: [install, flag],
      npx: [install, flag],
      ansible: ['ansible-playbook', join(import.meta.dirname, 'install.yml'), flag],
      ...(run === 'help' ? { pyinfra: [flag] } : {}),
      node: ['--import', 'tsx', 'empty.ts'],
    }
  },
}
