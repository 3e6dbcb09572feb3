import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { command } from '../../lab/command.ts'
import { writtenOut, type Case } from './case.ts'

/** The hosts of a pattern, with what was warned of, or why there are none. */
export type Chosen =
  | { readonly hosts: readonly string[]; readonly unknown: readonly string[] }
  | { readonly error: string }

/** What Ansible has to say of a case; where it could not read a source, it says so and goes on. */
export interface Verdict {
  readonly broken: readonly string[]
  /** The differences, by name, that it was asked to pass over here. */
  readonly met?: readonly string[]
  readonly list?: string
  readonly graph?: string
  readonly patterns?: readonly Chosen[]
  readonly limits?: readonly Chosen[]
}

const program = '/usr/bin/ansible-inventory'

/** Sees to it that Debian's ansible-core is here. */
export async function installAnsible(): Promise<void> {
  if (existsSync(program)) return
  await command('apt-get', ['update'])
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', 'ansible-core']
  await command('env', ['DEBIAN_FRONTEND=noninteractive', ...install])
}

/** One process of Ansible's modules that answers all cases; its start is what takes the time. */
export async function startReferee() {
  await installAnsible()
  const env = {
    ...process.env,
    ANSIBLE_CONFIG: join(import.meta.dirname, 'ansible.cfg'),
    ANSIBLE_LOCALHOST_WARNING: 'False',
  }
  const python = spawn('/usr/bin/python3', [join(import.meta.dirname, 'referee.py')], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]()
  return {
    async judge({ sources, ...asked }: Case): Promise<Verdict> {
      python.stdin.write(`${JSON.stringify({ ...asked, sources: sources.map(writtenOut) })}\n`)
      const { value, done } = await lines.next()
      if (done === true) throw new Error('The referee has ended.')
      return JSON.parse(value) as Verdict
    },
    end: () => python.kill(),
  }
}
