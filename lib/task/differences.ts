import { CommandFailed, type Hash } from '../host/host.ts'
import type { Difference } from '../report/events.ts'
import { redactLines } from '../secrets/redact.ts'
import { Secret } from '../secrets/secret.ts'
import type { Spot } from './engine.ts'
import { kindOf, type Change } from './kind.ts'
import type { Identity, Intent } from './journal.ts'
import type { Item } from './reading.ts'
import { differing, type Json, type State } from './state.ts'

/** More than this is not shown. */
const shownBytes = 256 * 1024
const groupOrOthers = 0o077

/** A thing that is moved, or goes back. */
type Shown = Pick<Item, 'target' | 'spec'> & { readonly resource: Identity & Pick<Intent, 'secret'> }

/** What is told of content: that it differs; all of it, but no secret; or all but the lines that hold a secret. */
type Contents = 'named' | 'shown' | 'masked'

/** What a change alters, field by field, as text for people; content only where it was asked for and is no secret. */
export async function differences(
  spot: Pick<Spot, 'engine'>,
  item: Shown,
  { from, to }: Change<State>,
  contents: Contents = spot.engine.diff ? 'shown' : 'named',
): Promise<readonly Difference[]> {
  const { show } = kindOf(item.resource.kind)
  if (show !== undefined) return show({ from, to })
  const secret = item.resource.secret === true || isSecret(item, { from, to })
  return Promise.all(
    differing(from, to).map(async (field) => ({
      field: isHash(from[field]) || isHash(to[field]) ? 'content' : field,
      // What stood there may hold a secret that nobody here knows of.
      from: await shown(item, field, from[field], contents, secret ? 'hidden' : 'open'),
      to: await shown(item, field, to[field], contents, secret ? 'secret' : 'open'),
    })),
  )
}

/** Whether what a change puts there, or found there, is for its owner alone. */
export function isSecret({ spec }: Pick<Item, 'spec'>, { from, to }: Change<State>): boolean {
  return holdsSecret(spec) || isPrivate(from) || isPrivate(to)
}

async function shown(
  item: Shown,
  field: string,
  value: Json | undefined,
  contents: Contents,
  kind: 'open' | 'secret' | 'hidden',
): Promise<string> {
  if (value === undefined || value === null) return ''
  if (field === 'mode' && typeof value === 'number') return value.toString(8).padStart(4, '0')
  if (!isHash(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  if (kind === 'hidden' || (kind === 'secret' && contents !== 'masked')) return '(not shown)'
  if (contents === 'named') return '(content)'
  const bytes = await contentOf(item, value)
  if (bytes === undefined) return '(content)'
  if (bytes.includes(0) || bytes.length > shownBytes) return `(${bytes.length} bytes)`
  const text = bytes.toString()
  if (contents !== 'masked') return text
  const masked = redactLines(text)
  // A secret that nothing in it gives away is one as a whole.
  return kind === 'secret' && masked === text ? '(not shown)' : masked
}

/** The bytes of a hash: kept here, kept on the host, or standing at the path that has them now. */
async function contentOf({ resource, target }: Shown, hash: Hash): Promise<Buffer | undefined> {
  try {
    return await target.reader.bytes(hash)
  } catch {
    const { ref } = resource
    const path = typeof ref === 'object' && ref !== null && 'path' in ref ? ref.path : undefined
    if (typeof path !== 'string') return undefined
    const [bytes] = await target.reader.readFiles([path]).catch(passOverFolder)
    return bytes !== undefined && target.reader.keep(bytes) === hash ? bytes : undefined
  }
}

/** What stands at the path of a mount, or of a tree, has no bytes. */
function passOverFolder(error: unknown): readonly undefined[] {
  if (error instanceof CommandFailed) return []
  throw error
}

function isHash(value: unknown): value is Hash {
  return typeof value === 'string' && value.startsWith('h:')
}

/** What only its owner may read is not for a terminal either. */
function isPrivate({ mode }: State): boolean {
  return typeof mode === 'number' && (mode & groupOrOthers) === 0
}

function holdsSecret(value: unknown): boolean {
  if (value instanceof Secret) return true
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return false
  return Object.values(value).some(holdsSecret)
}
