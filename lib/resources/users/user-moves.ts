import { noProgram, sh } from '../../host/command.ts'
import type { Host } from '../../host/host.ts'
import type { Change } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { groupRows, passwdRows } from './user-database.ts'
import type { UserRef, UserState } from './user-state.ts'

type Present = UserState & { readonly is: 'user' }
type Absent = UserState & { readonly is: 'absent' }

/** Adds a user with a group of its own, unless another one is given; one of its name that stands there is taken. */
export async function addUser(host: Host, { name }: UserRef, from: Absent, to: Present): Promise<void> {
  const own = to.group === undefined || to.group === name
  const primary = own && from.ownGroup === null ? undefined : (to.group ?? name)
  const options = [
    ...(primary === undefined ? ['--user-group'] : ['--gid', primary]),
    ...optionsOf(to, '--home-dir'),
    ...(to.groups === undefined || to.groups.length === 0 ? [] : ['--groups', to.groups.join(',')]),
    ...(to.hint?.system === true ? ['--system'] : []),
    to.hint?.createHome === true ? '--create-home' : '--no-create-home',
  ]
  const { code } = await host.exec(sh`useradd ${options} -- ${name}`, { ok: [0, noProgram] })
  if (code === noProgram) throw noTools(host)
}

/** Changes what differs; memberships that nobody claims stay. */
export async function changeUser(
  host: Host,
  { name }: UserRef,
  { from, to }: Change<Present>,
): Promise<void> {
  const changed: Present = {
    is: 'user',
    ...(to.uid !== undefined && to.uid !== from.uid ? { uid: to.uid } : {}),
    ...(to.home !== undefined && to.home !== from.home ? { home: to.home } : {}),
    ...(to.shell !== undefined && to.shell !== from.shell ? { shell: to.shell } : {}),
    ...(to.comment !== undefined && to.comment !== from.comment ? { comment: to.comment } : {}),
  }
  const options = optionsOf(changed, '--home')
  if (to.group !== undefined && to.group !== from.group) options.push('--gid', to.group)
  const joining = (to.groups ?? []).filter((group) => !from.groups?.includes(group))
  if (joining.length > 0) options.push('--append', '--groups', joining.join(','))
  if (options.length > 0) await host.exec(sh`usermod ${options} -- ${name}`)
  const leaving =
    to.groups === undefined ? [] : (from.groups ?? []).filter((group) => !to.groups?.includes(group))
  for (const group of leaving) await host.exec(sh`gpasswd --delete ${name} ${group}`)
}

/** Removes a user; a group of its name is there afterwards if it is to be, whatever came along with the user. */
export async function removeUser(host: Host, ref: UserRef, to: Absent): Promise<void> {
  const { name, home } = ref
  const withHome = home !== undefined && to.hint?.noHome === true
  if ((await passwdRows(host, [name])).length > 0) {
    await host.exec(sh`userdel ${withHome ? ['--remove'] : []} -- ${name}`)
  }
  if (to.ownGroup === undefined) return
  const stands = (await groupRows(host)).some(([group]) => group === name)
  if (to.ownGroup === null && stands) await host.exec(sh`groupdel -- ${name}`)
  if (to.ownGroup !== null && !stands) await host.exec(sh`groupadd --gid ${to.ownGroup} -- ${name}`)
}

function noTools(host: Host): TaskFailed {
  return new TaskFailed(`${host.name} has no useradd to add a user with.`, {
    advice: 'Install the tools that manage users (passwd or shadow-utils), or add the user by other means.',
  })
}

function optionsOf({ uid, home, shell, comment }: Present, homeOption: string): (string | number)[] {
  return [
    ...(uid === undefined ? [] : ['--uid', uid]),
    ...(home === undefined ? [] : [homeOption, home]),
    ...(shell === undefined ? [] : ['--shell', shell]),
    ...(comment === undefined ? [] : ['--comment', comment]),
  ]
}
