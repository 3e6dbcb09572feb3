import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const program = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'ansible-vault'))
  .find((file) => existsSync(file))

/** Why Ansible cannot be asked here; undefined where it can. */
export const noAnsible = program === undefined ? 'ansible-core is not installed' : undefined

/** What a script says that has Ansible's modules at hand. */
export function askAnsible(script: string, asked: unknown): unknown {
  if (program === undefined) throw new Error(noAnsible)
  const [, python = 'python3'] = /^#!\s*(\S+)/.exec(readFileSync(program, 'utf8')) ?? []
  const options = { input: JSON.stringify(asked), maxBuffer: 1 << 28 }
  return JSON.parse(execFileSync(python, [script], options).toString())
}
