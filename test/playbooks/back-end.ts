import { sh } from '../../lib/host/command.ts'
import { defineBracket } from '../../lib/task/bracket.ts'
import { defineResource } from '../../lib/task/kind.ts'

type BackEndState = { readonly is: 'in' } | { readonly is: 'out'; readonly by: string }

const us = 'troupe'

/** Whether work is sent to a service; the program `back-end` on the host tells and sees to it. */
const backEnd = defineResource('backEnd', {
  make: ({ name, wanted }: { readonly name: string; readonly wanted: 'in' | 'out' }) => {
    return { key: name, ref: { name }, spec: { wanted } }
  },

  read: (host, refs: readonly { readonly name: string }[]) =>
    Promise.all(
      refs.map(async ({ name }): Promise<BackEndState> => {
        const { stdout } = await host.query(sh`back-end state ${name}`)
        const [is, by = ''] = stdout.trim().split(' ')
        return is === 'in' ? { is } : { is: 'out', by }
      }),
    ),

  want(actual: BackEndState, { wanted }): BackEndState {
    if (wanted === 'out') return actual.is === 'in' ? { is: 'out', by: us } : actual
    return isOurs(actual) ? { is: 'in' } : actual
  },

  async apply(host, { name }, { to }) {
    await host.exec(to.is === 'in' ? sh`back-end in ${name}` : sh`back-end out ${name} ${to.by}`)
  },

  claim: ({ name }) => [`back-end:${name}`],
})

/** No work is sent to the service meanwhile. */
export const drained = defineBracket('drained', {
  enter: (name: string) => backEnd({ name, wanted: 'out' }),
  leave: (name: string) => backEnd({ name, wanted: 'in' }),
  mine: isOurs,
})

function isOurs(state: { readonly is: string; readonly by?: unknown }): boolean {
  return state.is === 'out' && state.by === us
}

/** The program: it notes whoever sets a service aside, and takes its time to let work in again. */
export const backEndProgram = `#!/bin/sh
aside=/srv/aside.$2
case $1 in
  state) if [ -e "$aside" ]; then echo "out $(cat "$aside")"; else echo in; fi ;;
  out) echo "$3" > "$aside"; echo "out $3" >> /srv/back-end.log ;;
  in) sleep 1; rm -f "$aside"; echo in >> /srv/back-end.log ;;
esac
`
