import { createHash } from 'node:crypto'
import type { Hash, Host, HostReader } from '../../host/host.ts'
import { isRecord, isRecordOf, isString, parseMemory } from '../../host/our-memory.ts'
import { ourPaths } from '../../host/paths.ts'
import { privateFile } from '../../host/root-owned.ts'
import { entriesIn, fieldsFor, type Entries, type Entry } from '../files/entries.ts'
import { alike } from '../files/entry-moves.ts'

/** What a host remembers of an archive that was unpacked there. */
export interface Mark {
  /** The archive itself, and how it was unpacked. */
  readonly archive: Hash
  readonly how: string
  /** False while its members are on their way into their places. */
  readonly done: boolean
  /** All that it brought, and the folders it stands in. */
  readonly members: Entries
  /** What stood at each name before it came first; a name without any was free. */
  readonly replaced: Entries
}

/** As it stands on the host. */
type Stored = Pick<Mark, 'archive' | 'how' | 'done'> & {
  readonly members: Record<string, Entry>
  readonly replaced: Record<string, Entry>
}

/** Where the mark of one archive stands. */
export function markPath(to: string, name: string): string {
  return `${ourPaths.unpacked}/${createHash('sha256').update(`${to}\n${name}`).digest('hex').slice(0, 32)}`
}

export async function readMarks(
  host: HostReader,
  paths: readonly string[],
): Promise<readonly (Mark | undefined)[]> {
  const contents = await host.readFiles(paths)
  return contents.map((content, index) => {
    return content === undefined ? undefined : parseMark(host, paths[index] ?? '', content)
  })
}

export function parseMark({ name }: HostReader, path: string, content: Buffer): Mark {
  const { members, replaced, ...rest } = parseMemory(name, path, content, isStored)
  const entries = (fields: Record<string, Entry>) => entriesIn({ is: 'mark', ...fields } as never)
  return { ...rest, members: entries(members), replaced: entries(replaced) }
}

function isStored(value: unknown): value is Stored {
  if (!isRecord(value) || !isString(value['archive']) || !isString(value['how'])) return false
  return typeof value['done'] === 'boolean' && isEntries(value['members']) && isEntries(value['replaced'])
}

const isEntries = isRecordOf((value): value is Entry => Array.isArray(value) && value.every(isString))

export async function writeMark(host: Host, path: string, mark: Mark, was?: Hash): Promise<void> {
  const content = JSON.stringify({
    ...mark,
    members: fieldsFor(mark.members),
    replaced: fieldsFor(mark.replaced),
  })
  await host.writeFile(path, host.keep(content), { ...privateFile, ...(was === undefined ? {} : { was }) })
}

/** Whether a member is as it came. Of a folder that stood there before, nothing but that it stands is ours. */
export function asItCame({ members, replaced }: Mark, name: string, now: Entry | undefined): boolean {
  const member = members.get(name)
  if (member?.[0] === 'directory' && replaced.get(name)?.[0] === 'directory') return now?.[0] === 'directory'
  return alike(member, now)
}
