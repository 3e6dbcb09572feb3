import type { Answer } from '../../../lib/host/host.ts'
import { changer, options, reader, refused, said, type Program } from './answer.ts'
import type { FakeFiles } from './files.ts'

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
        return changer(() => this.#gpasswd(name, given.rest[1] ?? '', given.flags))
      case 'groupmod':
        return changer(() => this.#groupmod(name, given.values.get('--gid')))
      case 'groupadd':
        return changer(() => this.#groupadd(name, given.values.get('--gid'), given.flags.has('--system')))
      case 'groupdel':
        return changer(() => this.#groupdel(name))
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

  #gpasswd(name: string, group: string, flags: ReadonlySet<string>): Answer {
    if (!this.#users.has(name)) return refused(`gpasswd: user '${name}' does not exist`, 3)
    if (!this.#groups.has(group)) return refused(`gpasswd: group '${group}' does not exist in /etc/group`, 3)
    const others = this.#memberOf(name).filter((other) => other !== group)
    if (flags.has('--add')) this.#join(name, [...others, group])
    else if (!flags.has('--delete') || others.length === this.#memberOf(name).length)
      return refused(`user '${name}' is not a member of '${group}'`, 3)
    else this.#join(name, others)
    return said('')
  }

  #memberOf(name: string): string[] {
    return [...this.#groups].filter(([, { members }]) => members.includes(name)).map(([group]) => group)
  }

  #groupadd(name: string, gid: string | undefined, system: boolean): Answer {
    if (this.#groups.has(name)) return refused(`groupadd: group '${name}' already exists`, 9)
    const number = Number(gid ?? this.#freeGid(system ? 900 : 1000))
    if ([...this.#groups.values()].some((group) => group.gid === number))
      return refused(`groupadd: GID '${number}' already exists`, 4)
    this.addGroup(name, number)
    return said('')
  }

  #groupmod(name: string, gid: string | undefined): Answer {
    const group = this.#groups.get(name)
    if (group === undefined) return refused(`groupmod: group '${name}' does not exist`, 6)
    for (const user of this.#users.values()) if (user.gid === group.gid) user.gid = Number(gid ?? group.gid)
    group.gid = Number(gid ?? group.gid)
    return said('')
  }

  #groupdel(name: string): Answer {
    const group = this.#groups.get(name)
    if (group === undefined) return refused(`groupdel: group '${name}' does not exist`, 6)
    const user = [...this.#users].find(([, { gid }]) => gid === group.gid)
    if (user !== undefined)
      return refused(`groupdel: cannot remove the primary group of user '${user[0]}'`, 8)
    this.#groups.delete(name)
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
