import { sh } from '../../lib/host/command.ts'
import type { HostReader } from '../../lib/host/host.ts'
import { defineResource, type Reading } from '../../lib/task/kind.ts'
import { NotYet, TaskFailed } from '../../lib/task/outcome.ts'

type Ref = { readonly name: string }

/** What there is to choose from helps an error to say more; it is not compared. */
type Hint = { readonly hint: readonly string[] }

export type AlternativeState = Hint &
  ({ readonly is: 'automatic' } | { readonly is: 'chosen'; readonly path: string })

/** Which program stands behind a name of Debian's alternatives: `alternative({ name: 'awk', path: '/usr/bin/mawk' })`. */
export const alternative = defineResource('alternative', {
  make({ name, path }: { readonly name: string; readonly path: string }) {
    return { key: name, ref: { name }, spec: { name, path } }
  },

  read,

  want(actual: AlternativeState, { name, path }): AlternativeState {
    if (actual.hint.includes(path)) return { is: 'chosen', path, hint: actual.hint }
    throw new TaskFailed(`${path} is no alternative for ${name}.`, {
      advice: `Choose one of: ${actual.hint.join(', ')}; or install the package that brings it first.`,
    })
  },

  async apply(host, { name }, { to }) {
    if (to.is === 'chosen') await host.exec(sh`update-alternatives --set ${name} ${to.path}`)
    else await host.exec(sh`update-alternatives --auto ${name}`)
  },

  claim: ({ name }) => [`alternative:${name}`],
})

/** All of them in one command. */
async function read(host: HostReader, refs: readonly Ref[]): Promise<readonly Reading<AlternativeState>[]> {
  const names = refs.map(({ name }) => name)
  const { stdout } = await host.query(
    sh`for name in ${names}; do echo "Asked: $name"; update-alternatives --query "$name" || :; done 2>/dev/null`,
  )
  const answers = stdout.split(/^Asked: /m).slice(1)
  return names.map((name, index) => stateIn(name, answers[index] ?? ''))
}

/** Reads one answer by its fields. */
export function stateIn(name: string, answer: string): Reading<AlternativeState> {
  const field = (wanted: string) => {
    return [...answer.matchAll(new RegExp(`^${wanted}: (.*)$`, 'gm'))].map(([, value]) => value ?? '')
  }
  const [status] = field('Status')
  const [path = ''] = field('Value')
  if (status === undefined) return new NotYet(`There are no alternatives for ${name}.`)
  const hint = field('Alternative')
  return status === 'auto' ? { is: 'automatic', hint } : { is: 'chosen', path, hint }
}
