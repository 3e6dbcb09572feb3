import { join } from 'node:path'
import type { Work } from '../../work.ts'

const hosts = Array.from({ length: 500 }, (_, i) => `h${i + 1} ansible_host=127.0.0.1 ansible_port=1`)

/** 500 hosts with 20 tasks each that a condition passes over; nobody connects to any of them. */
export const skip: Work = {
  name: 'skip',
  runs: ['only'],
  atMostRounds: 1,
  inventory: `${hosts.join('\n')}\n`,
  ways: () => ({
    troupe: [join(import.meta.dirname, 'troupe/skip.ts')],
    ansible: ['ansible-playbook', join(import.meta.dirname, 'ansible/skip.yml')],
  }),
}
