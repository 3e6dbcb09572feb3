import type { Host } from '../../host/host.ts'
import { defineResource, type Change } from '../../task/kind.ts'
import { NotYet, TaskFailed } from '../../task/outcome.ts'
import { checkPath } from '../files/place.ts'
import { checkName } from './user-database.ts'
import { addUser, changeUser, removeUser } from './user-moves.ts'
import { readUsers, type UserFields, type UserRef, type UserState } from './user-state.ts'

export interface UserArgs {
  readonly name: string
  /** Default: the next free one. */
  readonly uid?: number
  /** Among the numbers of the system's own. */
  readonly system?: boolean
  readonly home?: string
  /** Makes the home of a new user; a revert removes it with all that is in it. Default: no home is made. */
  readonly createHome?: boolean
  readonly shell?: string
  /** The primary group. Default: one of the user's own name. */
  readonly group?: string
  /** Groups to be a member of; others are left as they are. */
  readonly groups?: readonly string[]
  readonly comment?: string
  readonly state?: 'absent'
}

/** A user of the system with what is given of it; nothing else of one that exists is touched. */
export const user = defineResource('user', {
  make(args: UserArgs) {
    const { name, uid, home, shell, group, groups, comment } = args
    const given = { uid, home, shell, group, comment, groups: groups?.toSorted() }
    const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const ref: UserRef = {
      name,
      fields: Object.keys(fields),
      groups: groups?.toSorted() ?? [],
      // A group of its own name comes with the user.
      needs: [...(groups ?? []), ...(group === undefined || group === name ? [] : [group])],
      ...(args.createHome === true ? { home: checkPath(home ?? `/home/${name}`) } : {}),
    }
    return { key: checkName(name, 'user'), ref, spec: { ...args, fields: fields as UserFields } }
  },

  read: readUsers,

  want(actual: UserState, { name, state, fields, system, createHome }): UserState {
    if (state === 'absent') return actual.is === 'absent' ? actual : { is: 'absent' }
    const missing = actual.hint?.missing ?? []
    if (missing.length > 0) throw new NotYet(`There is no group ${missing.join(', ')} for the user ${name}.`)
    if (actual.is === 'user') return { ...actual, ...fields }
    const hint = { ...(system === true ? { system } : {}), ...(createHome === true ? { createHome } : {}) }
    return { is: 'user', ...fields, hint }
  },

  apply: moveUser,

  claim: ({ name }) => [`user:${name}`],

  oneWay({ from, to }, { name }) {
    if (from.is !== 'user' || to.is !== 'absent') return undefined
    return `The password of ${name} and the rest of what it was are not kept.`
  },
})

async function moveUser(host: Host, ref: UserRef, { to }: Change<UserState>): Promise<void> {
  const [now] = await readUsers(host, [ref])
  if (now === undefined || now instanceof Error)
    throw now ?? new TaskFailed(`${ref.name} cannot be looked at.`)
  if (to.is === 'absent') return removeUser(host, ref, to)
  if (now.is === 'absent') return addUser(host, ref, now, to)
  await changeUser(host, ref, { from: now, to })
}
