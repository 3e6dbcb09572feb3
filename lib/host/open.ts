import { UserError } from '../errors.ts'
import { Unreachable } from '../transport/errors.ts'
import type { Session } from '../transport/session.ts'
import { ContentStore, newContentKey } from './content.ts'
import type { Host, HostReader } from './host.ts'
import { awaitJobs, clearJobs, findJobs, killJobs } from './job.ts'
import { footingOf, rootFooting, type Footing } from './footing.ts'
import {
  releaseLock,
  removeEmpty,
  renewEveryMs,
  renewLock,
  takeLock,
  type Holder,
  type RunScript,
} from './lock.ts'
import { ourPaths, type OurPaths } from './paths.ts'
import { quote } from './command.ts'
import { PosixHost } from './posix-host.ts'
import { PosixReader } from './posix-reader.ts'

export interface OpenOptions {
  readonly name: string
  readonly session: Session
  /** The user that the host is worked on as; the login user when absent. */
  readonly as?: string | undefined
  /** Opens it for changes, in this name; without it the host can only be asked. */
  readonly holder?: Holder | undefined
  readonly onOutput?: ((text: string) => void) | undefined
  /** Hears what an earlier process left running, which is waited for. */
  readonly onJobFound?: ((name: string) => void) | undefined
}

/** A host that is ready to be worked on. */
export interface OpenHost {
  readonly reader: HostReader
  readonly host: Host | undefined
  /**
   * Nothing of this run stands on the host any more: what we keep there goes too, unless another run needs it. Where no
   * run is named, none needs it.
   */
  readonly forget: (run?: string) => Promise<void>
  /** Ends the jobs that run there, and works with the host no more. */
  readonly kill: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens a host: takes its lock, waits for what an earlier process left running, and learns its content key. */
export async function openHost(options: OpenOptions): Promise<OpenHost> {
  const { name, session, as, holder } = options
  const run = (script: string) => session.run(script, as === undefined ? {} : { as })
  const first = (footing: Footing) => arrive(name, run, footing, holder)
  // As root, at once, since that is what nearly everybody is: nobody else can take root's lock.
  const [footing, asRoot] = await Promise.all([footingOf(name, run), settled(first(rootFooting))])
  const { key, jobs } = footing === rootFooting ? asRoot() : await first(footing)
  const { paths } = footing
  const parts = { name, session, as, contents: new ContentStore(key), footing, onOutput: options.onOutput }
  await awaitJobs(
    {
      name,
      jobs: paths.jobs,
      run,
      contact: () => session.contact(),
      onOutput: (text) => options.onOutput?.(text),
    },
    jobs,
    (job) => options.onJobFound?.(job),
  )
  if (holder !== undefined && jobs.length > 0) await clearJobs(run, paths.jobs)
  const host =
    holder === undefined
      ? undefined
      : new PosixHost({
          ...parts,
          begin: () => begin(run, key, holder.run, paths),
          booted: () => takeAgain(name, run, holder, paths),
        })
  const heartbeat =
    holder === undefined ? undefined : setInterval(() => void beat(run, holder, paths), renewEveryMs)
  heartbeat?.unref()
  const leave = async (why?: string) => {
    clearInterval(heartbeat)
    // A host that is gone keeps its lock until it expires or is booted.
    if (holder !== undefined) await releaseLock(run, holder, paths).catch(() => {})
    await session.close(why)
  }
  return {
    reader: host ?? new PosixReader(parts),
    host,
    forget: async (runId) => void (await run(forgetScript(runId, paths))),
    kill: async () => {
      // Both sent before either is answered: who hears that a job is gone finds no session to begin it anew.
      await Promise.all([killJobs(run, paths.jobs).catch(() => {}), leave('what ran there was killed')])
    },
    close: () => leave(),
  }
}

/** Takes the lock, and learns what stands there; all sent before the first is answered. */
async function arrive(name: string, run: RunScript, { paths }: Footing, holder: Holder | undefined) {
  const [, key, jobs] = await Promise.all([
    holder === undefined ? undefined : takeLock(name, run, holder, paths),
    contentKey(run, paths),
    findJobs(run, paths.jobs),
  ])
  return { key, jobs }
}

/** Its result, or what it threw, once somebody wants to know. */
async function settled<T>(work: Promise<T>): Promise<() => T> {
  try {
    const result = await work
    return () => result
  } catch (error) {
    return () => {
      throw error
    }
  }
}

async function contentKey(run: RunScript, paths: OurPaths): Promise<string> {
  const key = quote(paths.key)
  const { stdout } = await run(`[ ! -s ${key} ] || cat ${key}`)
  return stdout.toString().trim() || newContentKey()
}

/** Before the first change: the host knows the run, and by which key its contents are named. */
async function begin(run: RunScript, key: string, runId: string, paths: OurPaths): Promise<void> {
  const [runs, keyFile] = [quote(paths.runs), quote(paths.key)]
  const { code, stderr } = await run(
    `umask 077; mkdir -p ${runs} && : > ${runs}/${runId} && { [ -s ${keyFile} ] || echo ${key} > ${keyFile}; }`,
  )
  if (code !== 0) throw new Error(`${paths.persistent} cannot be written: ${stderr.toString().trim()}`)
}

/** The lock went with the boot, so anybody may have taken it meanwhile. */
async function takeAgain(name: string, run: RunScript, holder: Holder, paths: OurPaths): Promise<void> {
  try {
    // A system clears /run itself; in a home, what passes with a boot is named after the one that has passed.
    if (paths !== ourPaths) await run(`rm -rf -- ${quote(paths.passing)}`)
    await takeLock(name, run, holder, paths)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const message = `While ${name} was booted, its lock was lost: ${error.message}`
    throw new Unreachable('taken', message, error.advice, { cause: error })
  }
}

async function beat(run: RunScript, holder: Holder, paths: OurPaths): Promise<void> {
  // When contact is lost, the next beat is in time.
  await renewLock(run, holder, paths).catch(() => {})
}

function forgetScript(runId: string | undefined, paths: OurPaths): string {
  const [runs, persistent, passing] = [quote(paths.runs), quote(paths.persistent), quote(paths.passing)]
  const all = `rm -rf -- ${persistent} ${passing}; ${removeEmpty(paths)}`
  return runId === undefined
    ? all
    : `rm -f -- ${runs}/${runId}; if rmdir -- ${runs} 2>/dev/null; then ${all}; fi`
}
