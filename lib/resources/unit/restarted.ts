import type { Host, HostReader } from '../../host/host.ts'
import { isRecord, parseMemory } from '../../host/our-memory.ts'
import { privateFile } from '../../host/root-owned.ts'
import { ourPaths } from '../../host/paths.ts'
import { defineResource, type Reading } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
import { unitName } from './unit.ts'
import { restartNow } from './moves.ts'
import { show } from './state.ts'

type Ref = { readonly unit: string }

/** `run` is the run that restarted it last, as far as that is known. */
export type RestartedState = { readonly is: 'restarted'; readonly run: string }

/** Stands on the host until it is booted; `since` is the start of the unit that another one has to follow. */
interface Mark {
  readonly run: string
  readonly since?: string
}

/** A unit that this run has restarted, once, whatever it runs on; also over a resume. */
export const restarted = defineResource('restarted', {
  make({ unit, run }: { readonly unit: string; readonly run: string }) {
    const name = unitName(unit)
    return { key: name, ref: { unit: name }, spec: { run } }
  },

  read,

  want: (_: RestartedState, { run }): RestartedState => ({ is: 'restarted', run }),

  async apply(host, ref: Ref, { to }) {
    const [now] = await read(host, [ref])
    if (now === undefined || now instanceof Error || now.run === to.run) return
    const [shown] = await show(host, [ref.unit])
    await mark(host, ref, { run: to.run, since: shown?.InvocationID ?? '' })
    await restartNow(host, ref.unit)
    await mark(host, ref, { run: to.run })
  },

  claim: ({ unit }) => [`unit:${unit}#restarted`],

  oneWay: () => 'A restart cannot be undone.',
})

async function read(host: HostReader, refs: readonly Ref[]): Promise<readonly Reading<RestartedState>[]> {
  const names = refs.map(({ unit }) => unit)
  const [shown, marks] = await Promise.all([show(host, names), host.readFiles(refs.map(markPath))])
  return names.map((name, index) => {
    const unit = shown[index]
    const content = marks[index]
    if (unit === undefined || unit.LoadState === 'not-found') {
      return new NotYet(`There is no unit ${name} on ${host.name}.`)
    }
    if (content === undefined) return { is: 'restarted', run: 'never' }
    const { run, since } = parseMemory(host.name, markPath({ unit: name }), content, isMark)
    // Where a process was killed in between, the unit itself tells whether it was restarted.
    return { is: 'restarted', run: since === unit.InvocationID ? 'unknown' : run }
  })
}

async function mark(host: Host, ref: Ref, content: Mark): Promise<void> {
  const hash = host.keep(JSON.stringify(content))
  await host.writeFile(markPath(ref), hash, privateFile)
}

function isMark(value: unknown): value is Mark {
  if (!isRecord(value) || typeof value['run'] !== 'string') return false
  return value['since'] === undefined || typeof value['since'] === 'string'
}

function markPath({ unit }: Ref): string {
  return `${ourPaths.restarted}/${unit}`
}
