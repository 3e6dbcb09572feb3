import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FakeHost, type SavedHost } from './fake-host.ts'
import { FakeCluster, type FakeRun, type FakeRunOptions, type Prepare } from './fake-run.ts'
import { scratchFolder } from './scratch.ts'

/** All that is left when the process is killed at some point: the hosts, and the state folder. */
export interface Moment {
  /** What came last before it. */
  readonly after: string
  readonly hosts: readonly SavedHost[]
  readonly state: Readonly<Record<string, string>>
}

/**
 * Notes the moments between all writes of some work, to journals and to hosts: each is what a SIGKILL there leaves,
 * as the second scenario proves on processes that really are killed.
 */
export async function momentsOf(
  cluster: FakeCluster,
  work: (options: Pick<FakeRunOptions, 'afterEntry'>) => Promise<FakeRun>,
): Promise<{ readonly run: FakeRun; readonly moments: readonly Moment[] }> {
  const moments: Moment[] = []
  let last = ''
  const note = (after: string) => {
    const { hosts, state } = { hosts: cluster.hosts.map((host) => host.toJSON()), state: stateOf(cluster) }
    const text = JSON.stringify([hosts, state])
    if (text !== last) moments.push({ after, hosts: structuredClone(hosts), state })
    last = text
  }
  const run = await work(watching(cluster, note))
  for (const { traffic } of cluster.hosts) traffic.beforeWrite = traffic.afterWrite = undefined
  note('the end')
  return { run, moments }
}

/** Calls `note` before and after each write, with what is written. */
export function watching(
  { hosts }: FakeCluster,
  note: (after: string) => void,
): Pick<FakeRunOptions, 'afterEntry'> {
  for (const { traffic, name } of hosts) {
    traffic.beforeWrite = (what) => note(`before "${what}" on ${name}`)
    traffic.afterWrite = (what) => note(`after "${what}" on ${name}`)
  }
  return { afterEntry: (entry) => note(`after ${entry.type} ${entry.n}`) }
}

/** Another process at that moment. */
export function continuedFrom({ hosts, state }: Moment, prepare?: Prepare): FakeCluster {
  const folder = scratchFolder()
  for (const [path, text] of Object.entries(state)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return new FakeCluster(
    hosts.map((saved) => FakeHost.load(saved)),
    folder,
    prepare,
  )
}

function stateOf({ folder }: FakeCluster): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const paths = files.map(({ parentPath, name }) => join(parentPath, name))
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]))
}
