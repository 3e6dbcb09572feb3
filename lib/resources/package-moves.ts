import type { Host } from '../host/host.ts'
import { TaskFailed } from '../task/outcome.ts'
import { find, toolOf, type Found } from './package-tools.ts'

/** What a host remembers of an installation, so that any process can tell what came along with it. */
interface Installation {
  readonly before: Readonly<Record<string, Found['status']>>
  /** It came to its end, so that the next one is another. */
  readonly ended?: true
  /** Known once the package itself is gone. */
  readonly brought?: readonly string[]
}

const privately = { mode: 0o600, owner: 'root', group: 'root' } as const

/** Installs a package; when it is new, what stood there before is written down first. */
export async function putIn(
  host: Host,
  name: string,
  version: string | undefined,
  isNew: boolean,
): Promise<void> {
  const tool = await toolOf(host)
  const before = isNew ? await beforeIt(host, name) : undefined
  await tool.mend(host, name)
  await tool.install(host, name, version)
  if (before !== undefined) await remember(host, name, { before, ended: true })
}

/** Takes a package out with what came along; what was there before stays, and so does configuration that was edited. */
export async function takeOut(host: Host, name: string, purge: boolean): Promise<void> {
  const tool = await toolOf(host)
  await tool.mend(host, name)
  if (await stands(host, name)) {
    const dependents = await tool.dependents(host, name)
    if (dependents.length > 0) throw neededBy(host, name, dependents)
    await tool.remove(host, [name], name)
  }
  const installation = await installationOf(host, name)
  const before = installation?.before ?? {}
  const brought = installation === undefined ? [] : (installation.brought ?? (await broughtNow(host, before)))
  if (installation !== undefined) await remember(host, name, { before, brought })
  const left = await find(host, brought)
  const standing = brought.filter((other) => left.get(other)?.status === 'installed')
  if (standing.length > 0) await tool.remove(host, standing, name)
  const strangers = brought.filter((other) => before[other] === undefined)
  await tool.purge(host, purge ? [name, ...strangers] : strangers, name)
  if (installation !== undefined) await host.remove(recordPath(name))
}

/** What stood before this installation, also where it was begun already; written down first. */
async function beforeIt(host: Host, name: string): Promise<Installation['before']> {
  const [known, found] = await Promise.all([installationOf(host, name), find(host)])
  // One that came to its end and stands no more was another one.
  const isThisOne = known?.ended !== true || found.get(name)?.status === 'installed'
  if (known !== undefined && isThisOne) return known.before
  const before = Object.fromEntries([...found].map(([other, { status }]) => [other, status]))
  await remember(host, name, { before })
  return before
}

async function stands(host: Host, name: string): Promise<boolean> {
  const status = (await find(host, [name])).get(name)?.status
  return status === 'installed' || status === 'half'
}

/** What nothing needs any more, and was not there before. */
async function broughtNow(host: Host, before: Installation['before']): Promise<readonly string[]> {
  const tool = await toolOf(host)
  return (await tool.unneeded(host)).filter((other) => before[other] !== 'installed')
}

async function installationOf(host: Host, name: string): Promise<Installation | undefined> {
  const [record] = await host.readFiles([recordPath(name)])
  return record === undefined ? undefined : (JSON.parse(record.toString()) as Installation)
}

async function remember(host: Host, name: string, installation: Installation): Promise<void> {
  await host.writeFile(recordPath(name), host.keep(JSON.stringify(installation)), privately)
}

function recordPath(name: string): string {
  return `/var/lib/troupe/packages/${name}`
}

function neededBy(host: Host, name: string, dependents: readonly string[]): TaskFailed {
  const others = dependents.join(', ')
  return new TaskFailed(`${name} cannot be removed from ${host.name}: ${others} would go with it.`, {
    advice: `If that is meant, remove ${others} first.`,
  })
}
