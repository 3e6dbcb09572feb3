import type { Answer } from '../../lib/host/host.ts'
import { changer, options, reader, refused, said, type Program } from './fake-host-answer.ts'
import type { FakeFiles } from './fake-host-files.ts'

interface User {
  uid: number
  gid: number
  comment: string
  home: string
  shell: string
}

interface Group {
  gid: number
  members: string[]
}

export interface SavedUsers {
  readonly users: Readonly<Record<string, User>>
  readonly groups: Readonly<Record<string, Group>>
}

const valued = '--uid --gid --home-dir --home --shell --groups --comment -u -g -d -s -G -c'.split(' ')

/** Users and groups, and the programs that ask for and change them. */
export class FakeUsers {
  readonly #files: FakeFiles
  readonly #users = new Map<string, User>()
  readonly #groups = new Map<string, Group>()

  constructor(files: FakeFiles) {
    this.#files = files
    this.addGroup('root', 0)
    this.#users.set('root', { uid: 0, gid: 0, comment: 'root', home: '/root', shell: '/bin/bash' })
  }

  has(name: string): boolean {
    return this.#users.has(name) || /^\d+$/.test(name)
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name) || /^\d+$/.test(name)
  }

  /** A user that the host comes with, in a group of its own name. */
  add(name: string, uid: number, home = `/home/${name}`): void {
    if (!this.hasGroup(name)) this.addGroup(name, uid)
    const gid = this.#groups.get(name)?.gid ?? uid
    this.#users.set(name, { uid, gid, comment: '', home, shell: '/bin/sh' })
  }

  addGroup(name: string, gid: number): void {
    this.#groups.set(name, { gid, members: [] })
  }

  snapshot(): Record<string, string> {
    const line = (text: string): [string, string] => [text.slice(0, text.indexOf(':')), text]
    return Object.fromEntries([
      ...[...this.#users.keys()].map((name) => line(`user ${this.#passwd(name)}`)),
      ...[...this.#groups.keys()].map((name) => line(`group ${this.#group(name)}`)),
    ])
  }

  toJSON(): SavedUsers {
    return { users: Object.fromEntries(this.#users), groups: Object.fromEntries(this.#groups) }
  }

  load({ users, groups }: SavedUsers): void {
    this.#users.clear()
    this.#groups.clear()
    for (const [name, user] of Object.entries(users)) this.#users.set(name, { ...user })
    for (const [name, group] of Object.entries(groups))
      this.#groups.set(name, { ...group, members: [...group.members] })
  }

  readonly programs = ([program = '', ...rest]: readonly string[]): Program | undefined => {
    const given = options(rest, valued)
    const [name = ''] = given.rest
    switch (program) {
      case 'getent':
        return reader(() => this.#getent(given.rest))
      case 'useradd':
        return changer(() => this.#useradd(name, given))
      case 'usermod':
        return changer(() => this.#usermod(name, given))
      case 'userdel':
        return changer(() => this.#userdel(name, given.flags.has('--remove')))
      case 'gpasswd':
        return changer(() => this.#leave(name, given.rest[1] ?? '', given.flags.has('--delete')))
      case 'groupadd':
        return changer(() => this.#groupadd(name, given.values.get('--gid')))
      case 'groupdel':
        return changer(() =>
          this.#groups.delete(name) ? said('') : refused(`group '${name}' does not exist`, 6),
        )
      default:
        return undefined
    }
  }

  #getent([database, ...names]: readonly string[]): Answer {
    const all = database === 'passwd' ? this.#users : this.#groups
    const line = (name: string) => (database === 'passwd' ? this.#passwd(name) : this.#group(name))
    const found = (names.length === 0 ? [...all.keys()] : names).filter((name) => all.has(name))
    return said(found.map((name) => `${line(name)}\n`).join(''), found.length < names.length ? 2 : 0)
  }

  #useradd(name: string, { values, flags }: ReturnType<typeof options>): Answer {
    if (this.#users.has(name)) return refused(`useradd: user '${name}' already exists`, 9)
    const primary = values.get('--gid')
    if (primary === undefined && this.#groups.has(name)) return refused(`useradd: group ${name} exists`, 9)
    const unknown = this.#unknownGroup([primary ?? 'root', ...listed(values.get('--groups'))])
    if (unknown !== undefined) return unknown
    const first = flags.has('--system') ? 900 : 1000
    const uid = Number(values.get('--uid') ?? this.#free(first))
    if ([...this.#users.values()].some((user) => user.uid === uid))
      return refused(`useradd: UID ${uid} is not unique`, 4)
    if (primary === undefined) this.addGroup(name, this.#freeGid(uid))
    const home = values.get('--home-dir') ?? `/home/${name}`
    this.#users.set(name, {
      uid,
      gid: this.#groups.get(primary ?? name)?.gid ?? Number(primary),
      comment: values.get('--comment') ?? '',
      home,
      shell: values.get('--shell') ?? '/bin/sh',
    })
    this.#join(name, listed(values.get('--groups')))
    if (flags.has('--create-home') && this.#files.get(home) === undefined)
      this.#files.mkdir(home, { mode: 0o700, owner: name, group: primary ?? name })
    return said('')
  }

  #usermod(name: string, { values, flags }: ReturnType<typeof options>): Answer {
    const user = this.#users.get(name)
    if (user === undefined) return refused(`usermod: user '${name}' does not exist`, 6)
    const groups = values.get('--groups')
    const unknown = this.#unknownGroup([values.get('--gid') ?? 'root', ...listed(groups)])
    if (unknown !== undefined) return unknown
    user.uid = Number(values.get('--uid') ?? user.uid)
    user.gid = this.#groups.get(values.get('--gid') ?? '')?.gid ?? user.gid
    user.home = values.get('--home') ?? user.home
    user.shell = values.get('--shell') ?? user.shell
    user.comment = values.get('--comment') ?? user.comment
    if (groups !== undefined)
      this.#join(name, [...listed(groups), ...(flags.has('--append') ? this.#memberOf(name) : [])])
    return said('')
  }

  #userdel(name: string, withHome: boolean): Answer {
    const user = this.#users.get(name)
    if (user === undefined) return refused(`userdel: user '${name}' does not exist`, 6)
    this.#users.delete(name)
    this.#join(name, [])
    const own = this.#groups.get(name)
    if (own?.gid === user.gid && own.members.length === 0) this.#groups.delete(name)
    if (withHome) this.#files.remove(user.home)
    return said('')
  }

  #leave(name: string, group: string, leaving: boolean): Answer {
    if (!leaving || !this.#memberOf(name).includes(group))
      return refused(`user '${name}' is not a member of '${group}'`, 3)
    this.#join(
      name,
      this.#memberOf(name).filter((other) => other !== group),
    )
    return said('')
  }

  #memberOf(name: string): string[] {
    return [...this.#groups].filter(([, { members }]) => members.includes(name)).map(([group]) => group)
  }

  #groupadd(name: string, gid: string | undefined): Answer {
    if (this.#groups.has(name)) return refused(`groupadd: group '${name}' already exists`, 9)
    this.addGroup(name, Number(gid ?? this.#freeGid(1000)))
    return said('')
  }

  #unknownGroup(names: readonly string[]): Answer | undefined {
    const unknown = names.find((name) => !this.hasGroup(name))
    return unknown === undefined ? undefined : refused(`group '${unknown}' does not exist`, 6)
  }

  #join(user: string, groups: readonly string[]): void {
    for (const [name, group] of this.#groups) {
      const others = group.members.filter((member) => member !== user)
      group.members = groups.includes(name) ? [...others, user].toSorted() : others
    }
  }

  #free(first: number): number {
    const taken = new Set([...this.#users.values()].map(({ uid }) => uid))
    let uid = first
    while (taken.has(uid)) uid++
    return uid
  }

  #freeGid(first: number): number {
    const taken = new Set([...this.#groups.values()].map(({ gid }) => gid))
    let gid = first
    while (taken.has(gid)) gid++
    return gid
  }

  #passwd(name: string): string {
    const user = this.#users.get(name)
    return user === undefined
      ? ''
      : [name, 'x', user.uid, user.gid, user.comment, user.home, user.shell].join(':')
  }

  #group(name: string): string {
    const group = this.#groups.get(name)
    return group === undefined ? '' : [name, 'x', group.gid, group.members.join(',')].join(':')
  }
}

function listed(groups: string | undefined): string[] {
  return groups === undefined || groups === '' ? [] : groups.split(',')
}
