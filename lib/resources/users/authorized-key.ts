import { createHash } from 'node:crypto'
import { dirname } from 'node:path/posix'
import { sh } from '../../host/command.ts'
import type { Hash, Host, HostReader, Stat } from '../../host/host.ts'
import {
  defineResource,
  type Change,
  type Reading,
  type Resource,
  type WantContext,
} from '../../task/kind.ts'
import { NotYet, TaskFailed } from '../../task/outcome.ts'
import { moveLines, stateIn, type LineRef } from '../text/line.ts'
import { checkPath } from '../files/place.ts'
import { readTexts, type Position, type Text } from '../text/text-lines.ts'
import { readUsers } from './user-state.ts'

export interface AuthorizedKeyArgs {
  readonly user: string
  /** A public key as it stands in its file: `ssh-ed25519 AAAA… name`. */
  readonly key: string
  /** What stands before the key: `from="10.0.0.0/8",no-pty`. Default: none. */
  readonly options?: string
  /** Where sshd looks for the keys of this user; its folder must stand. Default: `.ssh/authorized_keys` in the home. */
  readonly path?: string
  readonly state?: 'absent'
}

/** A key is its blob: with another comment or other options it is the same key. */
type Ref = { readonly user: string; readonly blob: string; readonly path: string | null }

type Missing = {
  readonly ended?: boolean
  /** What is not there yet, and is made when a key comes. */
  readonly no?: 'user' | 'folder' | 'file'
}

export type AuthorizedKeyState =
  /** Every line with this key: sshd takes the first, so there is to be one. */
  | { readonly is: 'present'; readonly lines: readonly Hash[]; readonly hint?: readonly Position[] }
  | { readonly is: 'absent'; readonly hint?: Missing }

/** Where the keys of a user stand, and whom they are to belong to. */
interface Place {
  readonly path: string
  readonly owner: string
  readonly group: string
}

const publicKey = /^(?<type>(?:ssh|ecdsa|sk)-[\w@.-]+) +(?<blob>[A-Za-z0-9+/]+={0,2})(?: +(?<comment>\S.*))?$/

/** One public key with which a user may log in; the folder and the file come and go with it, if they are empty. */
export const authorizedKey: (args: AuthorizedKeyArgs) => Resource = defineResource('authorizedKey', {
  make(args: AuthorizedKeyArgs) {
    const { user, key, options = '', path } = args
    const { type = '', blob = '', comment } = publicKey.exec(key.trim())?.groups ?? {}
    const bytes = Buffer.from(blob, 'base64')
    if (blob === '' || bytes.toString('latin1', 4, 4 + type.length) !== type) {
      throw new TypeError(
        `The key for ${user} is no public key: one line was expected, as ssh-ed25519 AAAA… name.`,
      )
    }
    if (/[\n\r]/.test(options))
      throw new TypeError(`The options of the key for ${user} are more than one line.`)
    const line = [options.trim(), type, blob, comment]
      .filter((part) => part !== undefined && part !== '')
      .join(' ')
    const ref: Ref = { user, blob, path: path === undefined ? null : checkPath(path) }
    const fingerprint = createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')
    return { key: `${user}#SHA256:${fingerprint}`, ref, spec: { ...args, line } }
  },

  read,

  want(actual: AuthorizedKeyState, { user, state, line }, context: WantContext): AuthorizedKeyState {
    if (state === 'absent') return actual.is === 'absent' ? actual : { is: 'absent' }
    const wanted: AuthorizedKeyState = { is: 'present', lines: [context.keep(line)] }
    if (actual.is === 'absent' && actual.hint?.no === 'user')
      throw new NotYet(`There is no user ${user}.`, wanted)
    return wanted
  },

  apply: moveKey,

  claim: ({ user, blob, path }) => [`${path === null ? `authorizedKey:${user}` : `path:${path}`}#${blob}`],

  digest: (state) => (state.is === 'present' ? state.lines.join(' ') : state.is),
})

async function read(host: HostReader, refs: readonly Ref[]): Promise<readonly Reading<AuthorizedKeyState>[]> {
  const places = await placesOf(host, refs)
  const paths = [...new Set(places.flatMap((place) => place?.path ?? []))]
  const folders = paths.map((path) => dirname(path))
  const [texts, stats] = await Promise.all([
    readTexts(host, paths),
    folders.length === 0 ? [] : host.stat(folders),
  ])
  return refs.map((ref, index) => {
    const place = places[index]
    if (place === undefined) return { is: 'absent', hint: { no: 'user' } }
    const at = paths.indexOf(place.path)
    return stateAt(host, ref, place, { text: texts[at], folder: stats[at] ?? { type: 'absent' } })
  })
}

function stateAt(
  host: HostReader,
  ref: Ref,
  { path }: Place,
  { text, folder }: { readonly text: Text; readonly folder: Stat },
): Reading<AuthorizedKeyState> {
  if (folder.type === 'absent') {
    if (ref.path !== null) return new NotYet(`There is no directory ${dirname(path)}.`)
    return { is: 'absent', hint: { no: 'folder' } }
  }
  // Whoever may turn the folder into a link could have keys written anywhere.
  if (folder.type !== 'directory')
    return new TaskFailed(`${dirname(path)} is a ${folder.type}, where a directory is wanted.`)
  if (text === undefined) return { is: 'absent', hint: { no: 'file' } }
  const seen = stateIn(host, text, lineRef(ref, path))
  if (seen instanceof Error || seen.is === 'present') return seen
  return { is: 'absent', ...('hint' in seen && seen.hint !== undefined ? { hint: seen.hint } : {}) }
}

async function moveKey(host: Host, ref: Ref, { to }: Change<AuthorizedKeyState>): Promise<void> {
  const [place] = await placesOf(host, [ref])
  if (place === undefined) {
    if (to.is === 'absent') return
    throw new TaskFailed(`There is no user ${ref.user} on ${host.name}.`)
  }
  const { path, owner, group } = place
  const [file, folder] = await host.stat([path, dirname(path)])
  if (to.is === 'present') {
    if (folder?.type === 'absent') await host.makeDirectory(dirname(path), { mode: 0o700, owner, group })
    if (file?.type === 'absent') await host.writeFile(path, host.keep(''), { mode: 0o600, owner, group })
    return moveLines(host, lineRef(ref, path), { from: { is: 'absent' }, to })
  }
  const ending = to.hint?.ended === undefined ? {} : { hint: { ended: to.hint.ended } }
  if (file?.type === 'file')
    await moveLines(host, lineRef(ref, path), { from: { is: 'absent' }, to: { is: 'absent', ...ending } })
  if (to.hint?.no === 'file' || to.hint?.no === 'folder') await removeEmpty(host, path, to.hint.no)
}

/** What came with the key goes with it, unless somebody has put something into it. */
async function removeEmpty(host: Host, path: string, made: 'file' | 'folder'): Promise<void> {
  const [content] = await host.readFiles([path])
  if (content?.length === 0) await host.remove(path)
  if (made === 'file') return
  const { stdout, code } = await host.query(sh`find ${dirname(path)} -mindepth 1`, { ok: [0, 1] })
  if (code === 0 && stdout === '') await host.remove(dirname(path))
}

async function placesOf(host: HostReader, refs: readonly Ref[]): Promise<readonly (Place | undefined)[]> {
  const asked = refs.map(({ user }) => ({ name: user, fields: ['home', 'group'], groups: [], needs: [] }))
  const users = await readUsers(host, asked)
  return refs.map(({ user, path }, index) => {
    const found = users[index]
    if (found?.is !== 'user') return undefined
    const { home = '/', group = 'root' } = found
    return { path: path ?? `${home}/.ssh/authorized_keys`, owner: user, group }
  })
}

function lineRef({ blob }: Ref, path: string): LineRef {
  return { path, line: blob, match: `^(?!\\s*#)(?:.*\\s)?${blob.replaceAll('+', '\\+')}(?:\\s|$)` }
}
