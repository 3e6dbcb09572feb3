import type { Hash } from '../host/host.ts'
import type { Difference } from '../report/events.ts'
import { Secret } from '../secrets/secret.ts'
import type { Spot } from './engine.ts'
import { kindOf, type Change } from './kind.ts'
import type { Item } from './reading.ts'
import { differing, type Json, type State } from './state.ts'

/** More than this is not shown. */
const shownBytes = 256 * 1024
const groupOrOthers = 0o077

/** What a change alters, field by field, as text for people; content only where it was asked for and is no secret. */
export async function differences(
  spot: Spot,
  item: Item,
  { from, to }: Change<State>,
): Promise<readonly Difference[]> {
  const { show } = kindOf(item.resource.kind)
  if (show !== undefined) return show({ from, to })
  const secret = holdsSecret(item.spec) || isPrivate(from) || isPrivate(to)
  return Promise.all(
    differing(from, to).map(async (field) => ({
      field: isHash(from[field]) || isHash(to[field]) ? 'content' : field,
      from: await shown(spot, item, field, from[field], secret),
      to: await shown(spot, item, field, to[field], secret),
    })),
  )
}

async function shown(
  spot: Spot,
  item: Item,
  field: string,
  value: Json | undefined,
  secret: boolean,
): Promise<string> {
  if (value === undefined || value === null) return ''
  if (field === 'mode' && typeof value === 'number') return value.toString(8).padStart(4, '0')
  if (!isHash(value)) return typeof value === 'string' ? value : JSON.stringify(value)
  if (secret || !spot.engine.diff) return secret ? '(not shown)' : '(content)'
  const bytes = await contentOf(item, value)
  if (bytes === undefined) return '(content)'
  if (bytes.includes(0) || bytes.length > shownBytes) return `(${bytes.length} bytes)`
  return bytes.toString()
}

/** The bytes of a hash: kept here, kept on the host, or standing at the path that has them now. */
async function contentOf({ resource, target }: Item, hash: Hash): Promise<Buffer | undefined> {
  try {
    return await target.reader.bytes(hash)
  } catch {
    const { ref } = resource
    const path = typeof ref === 'object' && ref !== null && 'path' in ref ? ref.path : undefined
    if (typeof path !== 'string') return undefined
    const [bytes] = await target.reader.readFiles([path])
    return bytes !== undefined && target.reader.keep(bytes) === hash ? bytes : undefined
  }
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
