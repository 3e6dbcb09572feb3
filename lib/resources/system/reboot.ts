import { bootIdPath } from '../../host/boot.ts'
import type { Host, HostReader } from '../../host/host.ts'
import { privateFile } from '../../host/root-owned.ts'
import { isRecord, isString, parseMemory } from '../../host/our-memory.ts'
import { ourPaths } from '../../host/paths.ts'
import { defineResource, type Reading, type Resource } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
import { milliseconds, type Duration } from '../../vars/duration.ts'
import { readNeed } from './reboot-need.ts'
import { byDigest, staleOf } from '../unit/stamps.ts'

export interface RebootArgs {
  /** What it is booted for, as `the new kernel`; tells one reboot of a run from another. */
  readonly reason: string
  /** `run.id`: once in this run, also over a resume. */
  readonly run: string
  /** Only where the system asks for it. */
  readonly ifNeeded?: boolean
  /** Only where one of these was changed since the host was booted. */
  readonly after?: readonly Resource[]
  /** How long the host may take to come back. Default: 10m. */
  readonly deadline?: Duration
}

export type RebootRef = {
  readonly reason: string
  readonly deadline: Duration
  readonly ifNeeded: boolean
}

interface Spec {
  readonly run: string
  readonly ifNeeded: boolean
  readonly after: readonly string[] | undefined
}

/** `run` is the run that booted it last for this reason, as far as that is known. */
export type RebootState = { readonly is: 'booted'; readonly run: string; readonly needed?: boolean }

/** Outlives the boot; `boot` is the one that has to be over for it to count. */
interface Mark {
  readonly run: string
  readonly boot: string
}

/** A host that this run has booted anew, once for each reason, also over a resume. */
export const reboot: (args: RebootArgs) => Resource = defineResource('reboot', {
  make({ reason, run, ifNeeded = false, after, deadline = '10m' }: RebootArgs) {
    if (reason.trim() === '') throw new TypeError('A reboot needs a reason, as "the new kernel".')
    milliseconds(deadline)
    const ref: RebootRef = { reason, deadline, ifNeeded }
    const spec: Spec = { run, ifNeeded, after: after?.map(({ id }) => id) }
    return { key: reason, ref, spec, ...(after === undefined ? {} : { after }) }
  },

  read,

  want(actual: RebootState, { run, ifNeeded, after }, { inputs, pending }): RebootState {
    if (actual.run === run) return actual
    const inAnyCase = !ifNeeded && after === undefined
    const stale = Object.keys(staleOf(after ?? [], inputs, {}, byDigest)).length > 0
    if (inAnyCase || stale || actual.needed === true) return { is: 'booted', run }
    if (ifNeeded && pending === true) throw new NotYet('What is pending may ask for a reboot.')
    return actual
  },

  async apply(host, ref: RebootRef, { to }) {
    const [now] = await read(host, [ref])
    if (now === undefined || now instanceof Error || now.run === to.run) return
    const [boot] = await host.readFiles([bootIdPath])
    await mark(host, ref, { run: to.run, boot: boot?.toString() ?? '' })
    host.say(`Rebooting ${host.name} for ${ref.reason}; it may take ${ref.deadline}.\n`)
    await host.bootAnew({ deadlineMs: milliseconds(ref.deadline) })
  },

  // A boot is nobody's.
  claim: () => [],

  boots: ({ deadline }) => milliseconds(deadline),

  oneWay: () => 'A reboot cannot be undone.',
})

async function read(host: HostReader, refs: readonly RebootRef[]): Promise<readonly Reading<RebootState>[]> {
  const [[boot, ...marks], need] = await Promise.all([
    host.readFiles([bootIdPath, ...refs.map(markPath)]),
    refs.some(({ ifNeeded }) => ifNeeded) ? readNeed(host) : false,
  ])
  return refs.map((ref, index) => {
    const { ifNeeded } = ref
    if (ifNeeded && need instanceof Error) return need
    const needed = ifNeeded && typeof need === 'boolean' ? { needed: need } : {}
    return { is: 'booted', run: runOf(host, ref, marks[index], boot), ...needed }
  })
}

/** Where it was ordered and the host has not gone down since, nobody knows whether it still will. */
function runOf(
  host: HostReader,
  ref: RebootRef,
  content: Buffer | undefined,
  boot: Buffer | undefined,
): string {
  if (content === undefined) return 'never'
  const { run, boot: before } = parseMemory(host.name, markPath(ref), content, isMark)
  return before === boot?.toString() ? 'unknown' : run
}

async function mark(host: Host, ref: RebootRef, content: Mark): Promise<void> {
  const hash = host.keep(JSON.stringify(content))
  await host.writeFile(markPath(ref), hash, privateFile)
}

function isMark(value: unknown): value is Mark {
  return isRecord(value) && isString(value['run']) && isString(value['boot'])
}

function markPath({ reason }: RebootRef): string {
  return `${ourPaths.reboots}/${encodeURIComponent(reason)}`
}
