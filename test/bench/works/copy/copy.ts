import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Work } from '../../work.ts'
import { payload, target } from './payload.ts'

/** One file of 100 MB and 200 small ones: cold, and when all of it is there. */
export const copy: Work = {
  name: 'copy',
  runs: ['cold', 'unchanged'],
  ways: () => {
    const from = join(payload(), target)
    return {
      troupe: [join(import.meta.dirname, 'troupe/copy.ts'), '-e', `copy.from=${from}`],
      ansible: ['ansible-playbook', join(import.meta.dirname, 'ansible/copy.yml'), '-e', `from=${from}`],
      pyinfra: [join(import.meta.dirname, 'pyinfra/copy.py'), '--data', `from_folder=${from}`],
      script,
      payload: payload(),
    }
  },
  on: {
    counts: [8],
    prepare: 'true',
    reset: `rm -rf ${target} /var/lib/troupe /run/troupe`,
    touches: (line) => line.includes(` ${target}`),
    settled: 'unchanged',
  },
}

/** Whether each file is as it is to be. */
function script(): string {
  return `sha256sum -c --status 2>/dev/null <<'END' && echo changed=0 || echo send\n${sums()}END\n`
}

let known: string | undefined

function sums(): string {
  known ??= readdirSync(join(payload(), target), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
      return `${sum}  ${file.slice(payload().length)}\n`
    })
    .join('')
  return known
}
