import { createHash } from 'node:crypto'
import type { Host } from '../../host/host.ts'
import { isRecord, isRecordOf, isString, parseMemory } from '../../host/our-memory.ts'
import { privateFile } from '../../host/root-owned.ts'
import { ourPaths } from '../../host/paths.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { find, toolOf, type Asked, type Found } from './tools.ts'

/** What a host remembers of an installation, so that any process can tell what came along with it. */
interface Installation {
  readonly before: Readonly<Record<string, Found['status']>>
  /** It came to its end, so that the next one is another. */
  readonly ended?: true
  /** Known once the package itself is gone. */
  readonly brought?: readonly string[]
}

/**
 * Installs packages in one transaction; when one is new, what stood there before is written down first.
 * @param names all that go together, whether or not they move now
 */
export async function putIn(
  host: Host,
  names: readonly string[],
  asked: readonly Asked[],
  isNew: boolean,
): Promise<void> {
  const tool = await toolOf(host)
  const on = transactionOf(names)
  const before = isNew ? await beforeIt(host, on, names) : undefined
  await tool.mend(host, on)
  await tool.install(host, asked, on)
  if (before !== undefined) await remember(host, on, { before, ended: true })
}

/**
 * Takes packages out with what came along; what was there before stays, and so does configuration that was edited.
 * @param together all that go together, whether or not they leave now
 * @param purged those whose configuration goes as well
 */
export async function takeOut(
  host: Host,
  together: readonly string[],
  names: readonly string[],
  purged: readonly string[],
): Promise<void> {
  const tool = await toolOf(host)
  const on = transactionOf(together)
  await tool.mend(host, on)
  const there = await standing(host, names)
  if (there.length > 0) {
    const dependents = await tool.dependents(host, there)
    if (dependents.length > 0) throw neededBy(host, there, dependents)
    await tool.remove(host, there, on)
  }
  const installation = await installationOf(host, on)
  const before = installation?.before ?? {}
  const brought = installation === undefined ? [] : (installation.brought ?? (await broughtNow(host, before)))
  if (installation !== undefined) await remember(host, on, { before, brought })
  const left = await find(host, brought)
  const still = brought.filter((other) => left.get(other)?.status === 'installed')
  if (still.length > 0) await tool.remove(host, still, on)
  const strangers = brought.filter((other) => before[other] === undefined)
  await tool.purge(host, [...purged, ...strangers], on)
  if (installation !== undefined) await host.remove(recordPath(on))
}

/** Names what is put in, and taken out, together. */
function transactionOf(names: readonly string[]): string {
  const all = names.toSorted().join('+')
  // It becomes the name of a file.
  return all.length <= 100 ? all : createHash('sha256').update(all).digest('hex')
}

/** What stood before this installation, also where it was begun already; written down first. */
async function beforeIt(host: Host, on: string, names: readonly string[]): Promise<Installation['before']> {
  const [known, found] = await Promise.all([installationOf(host, on), find(host)])
  // One that came to its end and stands no more was another one.
  const stands = names.some((name) => found.get(name)?.status === 'installed')
  if (known !== undefined && (known.ended !== true || stands)) return known.before
  const before = Object.fromEntries([...found].map(([other, { status }]) => [other, status]))
  await remember(host, on, { before })
  return before
}

async function standing(host: Host, names: readonly string[]): Promise<readonly string[]> {
  const found = await find(host, names)
  return names.filter((name) => ['installed', 'half'].includes(found.get(name)?.status ?? ''))
}

/** What nothing needs any more, and was not there before. */
async function broughtNow(host: Host, before: Installation['before']): Promise<readonly string[]> {
  const tool = await toolOf(host)
  return (await tool.unneeded(host)).filter((other) => before[other] !== 'installed')
}

async function installationOf(host: Host, on: string): Promise<Installation | undefined> {
  const [record] = await host.readFiles([recordPath(on)])
  return record === undefined ? undefined : parseMemory(host.name, recordPath(on), record, isInstallation)
}

function isInstallation(value: unknown): value is Installation {
  if (!isRecord(value) || !isRecordOf(isString)(value['before'])) return false
  const { brought } = value
  return brought === undefined || (Array.isArray(brought) && brought.every(isString))
}

async function remember(host: Host, on: string, installation: Installation): Promise<void> {
  await host.writeFile(recordPath(on), host.keep(JSON.stringify(installation)), privateFile)
}

function recordPath(on: string): string {
  return `${ourPaths.packages}/${on}`
}

function neededBy(host: Host, names: readonly string[], dependents: readonly string[]): TaskFailed {
  const others = dependents.join(', ')
  return new TaskFailed(
    `${names.join(', ')} cannot be removed from ${host.name}: ${others} would go with it.`,
    {
      advice: `If that is meant, remove ${others} first.`,
    },
  )
}
