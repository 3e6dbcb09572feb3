import type { HostReader } from '../../host/host.ts'
import { groupRows, membersOf, passwdRows, type Row } from './user-database.ts'

/** A user as it is asked for: only what is claimed of it is looked at. */
export type UserRef = {
  readonly name: string
  readonly fields: readonly string[]
  /** The memberships that are claimed. */
  readonly groups: readonly string[]
  /** Groups that have to be there first. */
  readonly needs: readonly string[]
  /** A home that is to be made with the user. */
  readonly home?: string
}

export type UserFields = {
  readonly uid?: number
  readonly home?: string
  readonly shell?: string
  readonly group?: string
  readonly groups?: readonly string[]
  readonly comment?: string
}

type Hint = {
  readonly missing?: readonly string[]
  readonly system?: boolean
  readonly createHome?: boolean
  /** The home was not there before. */
  readonly noHome?: true
}

export type UserState =
  | ({ readonly is: 'user'; readonly hint?: Hint } & UserFields)
  /** `ownGroup` is the number of a group of the user's name that stands there without it; left out, any will do. */
  | { readonly is: 'absent'; readonly ownGroup?: number | null; readonly hint?: Hint }

interface Group {
  readonly gid: number
  readonly members: readonly string[]
}

/** All users and groups in two commands, side by side. */
export async function readUsers(host: HostReader, refs: readonly UserRef[]): Promise<readonly UserState[]> {
  const names = [...new Set(refs.map(({ name }) => name))]
  const homes = refs.flatMap(({ home }) => home ?? [])
  const [passwd, group, stats] = await Promise.all([
    passwdRows(host, names),
    groupRows(host),
    homes.length === 0 ? [] : host.stat(homes),
  ])
  const groups = groupsOf(group)
  const users = new Map(passwd.map((row) => [row[0] ?? '', row]))
  const absent = new Set(homes.filter((_, index) => stats[index]?.type === 'absent'))
  return refs.map((ref) => {
    const missing = ref.needs.filter((name) => !groups.has(name))
    const noHome = ref.home !== undefined && absent.has(ref.home)
    const hint = { ...(missing.length > 0 ? { missing } : {}), ...(noHome ? { noHome: true as const } : {}) }
    const row = users.get(ref.name)
    if (row === undefined) return { is: 'absent', ownGroup: groups.get(ref.name)?.gid ?? null, hint }
    return { is: 'user', ...claimed(ref, fieldsOf(ref, row, groups)), hint }
  })
}

function fieldsOf(
  { name, groups: claims }: UserRef,
  [, , uid, gid, comment = '', home = '', shell = '']: readonly string[],
  groups: ReadonlyMap<string, Group>,
): UserFields {
  const primary = [...groups].find(([, group]) => group.gid === Number(gid))?.[0] ?? gid ?? ''
  const joined = claims.filter((group) => group === primary || groups.get(group)?.members.includes(name))
  return { uid: Number(uid), home, shell, group: primary, groups: joined, comment }
}

function claimed({ fields }: UserRef, all: UserFields): UserFields {
  return Object.fromEntries(Object.entries(all).filter(([field]) => fields.includes(field)))
}

function groupsOf(rows: readonly Row[]): ReadonlyMap<string, Group> {
  return new Map(
    rows.map((row) => {
      const [name = '', , gid] = row
      return [name, { gid: Number(gid), members: membersOf(row) }]
    }),
  )
}
