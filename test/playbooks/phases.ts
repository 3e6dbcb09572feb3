import { main } from '../../lib/cli/main.ts'
import { sh } from '../../lib/host/command.ts'
import { playbook, stage } from '../../lib/play/playbook.ts'
import { defineRole } from '../../lib/play/role.ts'
import { file } from '../../lib/resources/index.ts'
import { defineCondition } from '../../lib/task/gate.ts'
import { defineResource } from '../../lib/task/kind.ts'
import { defineVars, oneOf } from '../../lib/vars/schema.ts'

/** What of the second task takes its time, so that a fault can befall it. */
const vars = defineVars({
  slow: oneOf('nothing', 'read', 'apply', 'verify', 'gate', {
    default: 'nothing',
    doc: 'What takes its time.',
  }),
})

const seconds = 3

type Ref = { readonly path: string; readonly slow: string }
type TextState = { readonly is: 'absent' } | { readonly is: 'text'; readonly text: string }

/** A text in a file, that is read, written or verified slowly. */
const slowly = defineResource('slowly', {
  make: ({ path, text, slow }: Ref & { readonly text: string }) => ({
    key: path,
    ref: { path, slow },
    spec: { text },
  }),

  read(host, refs: readonly Ref[]) {
    return Promise.all(
      refs.map(async ({ path, slow }): Promise<TextState> => {
        const pause = { read: sh`sleep ${seconds}`, verify: sh`[ ! -e ${path} ] || sleep ${seconds}` }[slow]
        const { stdout } = await host.query({
          text: `${pause?.text ?? ':'}; cat ${path} 2>/dev/null || :`,
        })
        return stdout === '' ? { is: 'absent' } : { is: 'text', text: stdout }
      }),
    )
  },

  want: (_: TextState, { text }): TextState => ({ is: 'text', text }),

  async apply(host, { path, slow }, { to }) {
    const pause = slow === 'apply' ? `sleep ${seconds}; ` : ''
    const move =
      to.is === 'text' ? sh`printf %s ${to.text} > ${path}.new && mv ${path}.new ${path}` : sh`rm -f ${path}`
    await host.exec({ text: `${pause}${move.text}` }, { job: `slowly:${path}` })
  },

  claim: ({ path }) => [`path:${path}`],
})

let asked: number | undefined

/** Holds some seconds after it was asked first, and only where the host answers. */
const patient = defineCondition('A sign that takes its time', async (host) => {
  await host.query(sh`true`)
  asked ??= performance.now()
  return performance.now() - asked > seconds * 1000
    ? { holds: true }
    : { holds: false, found: 'it is still early' }
})

const phases = defineRole({
  name: 'phases',
  folder: import.meta.dirname,
  vars,
  async tasks({ vars: { slow }, task, gate }) {
    await task('Write the first', file({ path: '/etc/phases.first', content: 'first\n' }))
    await task('Write slowly', slowly({ path: '/etc/phases.second', text: 'second\n', slow }))
    if (slow === 'gate') await gate('Wait for the sign', patient, { deadline: '2m' })
    await task('Write the last', file({ path: '/etc/phases.third', content: 'third\n' }))
  },
})

/** Three files, the second of which takes its time in the phase that is asked for. */
export default playbook('Phases', [stage('Write', { hosts: 'all', roles: [phases] })])

await main(import.meta)
