import { sh } from '../../host/command.ts'
import type { Host, HostReader } from '../../host/host.ts'
import { defineResource, type Change, type Reading } from '../../task/kind.ts'
import { NotYet, TaskFailed } from '../../task/outcome.ts'
import { checkName, groupRows, membersOf, passwdRows } from './user-database.ts'

export interface GroupArgs {
  readonly name: string
  /** Default: the next free one. Files keep the number that they have. */
  readonly gid?: number
  /** A new group is among the numbers of the system's own. */
  readonly system?: boolean
  /** Users that are in it; others stay. */
  readonly members?: readonly string[]
  readonly state?: 'absent'
}

/** Only what is claimed is looked at; of a group that is to go, all. */
type Ref = {
  readonly name: string
  readonly fields: 'all' | readonly string[]
  readonly members: readonly string[]
}

type Fields = { readonly gid?: number; readonly members?: readonly string[] }

type Hint = { readonly missing?: readonly string[]; readonly system?: true }

export type GroupState =
  | ({ readonly is: 'group'; readonly hint?: Hint } & Fields)
  | { readonly is: 'absent'; readonly hint?: Hint }

/** A group of the system with what is given of it; nothing else of one that exists is touched. */
export const group = defineResource('group', {
  make(args: GroupArgs) {
    const { name, gid, members, state } = args
    if (state === 'absent' && (gid !== undefined || members !== undefined))
      throw new TypeError(`The group ${name} is to be absent, and to have a number or members.`)
    const given: Fields = {
      ...(gid === undefined ? {} : { gid }),
      ...(members === undefined ? {} : { members: [...new Set(members)].toSorted() }),
    }
    const fields = state === 'absent' ? ('all' as const) : Object.keys(given)
    const ref: Ref = { name, fields, members: given.members ?? [] }
    return { key: checkName(name, 'group'), ref, spec: { ...args, given } }
  },

  read: readGroups,

  want(actual: GroupState, { name, state, given, system }): GroupState {
    if (state === 'absent') return actual.is === 'absent' ? actual : { is: 'absent' }
    const wanted: GroupState =
      actual.is === 'group'
        ? { ...actual, ...given }
        : { is: 'group', ...given, ...(system === true ? { hint: { system } } : {}) }
    const missing = actual.hint?.missing ?? []
    if (missing.length > 0)
      throw new NotYet(`There is no user ${missing.join(', ')} to be in the group ${name}.`, wanted)
    return wanted
  },

  apply: moveGroup,

  claim: ({ name }) => [`group:${name}`],
})

/** All groups, and the users that are to be in them, in two commands side by side. */
async function readGroups(host: HostReader, refs: readonly Ref[]): Promise<readonly Reading<GroupState>[]> {
  const names = [...new Set(refs.flatMap(({ members }) => members))]
  const [groups, users] = await Promise.all([
    groupRows(host),
    names.length === 0 ? [] : passwdRows(host, names),
  ])
  const found = new Map(groups.map((row) => [row[0] ?? '', row]))
  const gids = new Map(users.map(([name = '', , , gid]) => [name, gid]))
  return refs.map(({ name, fields, members }) => {
    const missing = members.filter((member) => !gids.has(member))
    const hint = missing.length === 0 ? {} : { hint: { missing } }
    const row = found.get(name)
    if (row === undefined) return { is: 'absent', ...hint }
    const joined = membersOf(row)
    // Who has it as the primary group is in it as well.
    const claimed = members.filter((member) => joined.includes(member) || gids.get(member) === row[2])
    const all: Fields = { gid: Number(row[2]), members: fields === 'all' ? joined.toSorted() : claimed }
    const seen = Object.entries(all).filter(([field]) => fields === 'all' || fields.includes(field))
    return { is: 'group', ...(Object.fromEntries(seen) as Fields), ...hint }
  })
}

/** What was done already is seen anew, and left. */
async function moveGroup(
  host: Host,
  { name, fields, members: ours }: Ref,
  { to }: Change<GroupState>,
): Promise<void> {
  const row = (await groupRows(host)).find(([group]) => group === name)
  if (to.is === 'absent') {
    if (row === undefined) return
    const others = membersOf(row).filter((member) => !ours.includes(member))
    // Where all of them are claimed they can be put back; here somebody would lose a membership unseen.
    if (fields !== 'all' && others.length > 0) throw joinedSince(host, name, others)
    await host.exec(sh`groupdel -- ${name}`)
    return
  }
  const { gid, members = [], hint } = to
  const number = gid === undefined ? [] : ['--gid', gid]
  if (row === undefined)
    await host.exec(sh`groupadd ${number} ${hint?.system === true ? ['--system'] : []} -- ${name}`)
  else if (gid !== undefined && Number(row[2]) !== gid) await host.exec(sh`groupmod ${number} -- ${name}`)
  const now = row === undefined ? [] : membersOf(row)
  for (const member of members.filter((each) => !now.includes(each))) {
    await host.exec(sh`gpasswd --add ${member} ${name}`)
  }
  const leaving = ours.filter(
    (each) => now.includes(each) && to.members !== undefined && !members.includes(each),
  )
  for (const member of leaving) await host.exec(sh`gpasswd --delete ${member} ${name}`)
}

function joinedSince(host: Host, name: string, others: readonly string[]): TaskFailed {
  return new TaskFailed(`The group ${name} on ${host.name} has other members by now: ${others.join(', ')}.`, {
    advice: `If it is to go nevertheless, remove it by hand: groupdel ${name}`,
  })
}
