import { noProgram } from '../../host/command.ts'
import { CannotBecome, type HostReader } from '../../host/host.ts'
import { ourPaths } from '../../host/paths.ts'
import type { Reading } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
import { milliseconds, type Duration } from '../../vars/duration.ts'
import type { CommandState } from './command.ts'
import { readStamps } from '../unit/stamps.ts'

/** A command with its guard, as text: all that is needed to look, to run and to undo. */
export type CommandRef = {
  readonly title: string
  readonly run: string
  readonly as?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeout?: Duration
  readonly undo?: string
  readonly oneWay?: string
  readonly creates?: string
  readonly unless?: string
  readonly onlyIf?: string
}

/** What a guard may end with: it holds, it does not, or there is no such program yet. */
const answers = [...Array.from({ length: 126 }, (_, code) => code), noProgram]

/** Where stands what a command has taken up; it outlives a boot, as what the command did does. */
export function commandPath({ title }: CommandRef): string {
  return `${ourPaths.commands}/${encodeURIComponent(title)}`
}

/** All guards and stamps at once. */
export async function readCommands(
  host: HostReader,
  refs: readonly CommandRef[],
): Promise<readonly Reading<CommandState>[]> {
  const [done, stamps] = await Promise.all([
    readGuards(host, refs),
    readStamps(host, refs.map(commandPath), ['took']),
  ])
  return refs.map((_, index) => {
    const held = done[index] ?? false
    const took = stamps[index]?.took ?? {}
    return typeof held === 'boolean' ? { is: held ? 'done' : 'undone', took } : held
  })
}

async function readGuards(
  host: HostReader,
  refs: readonly CommandRef[],
): Promise<readonly (boolean | Error)[]> {
  const paths = refs.flatMap(({ creates }) => creates ?? [])
  const [stats, asked] = await Promise.all([
    paths.length === 0 ? [] : host.stat(paths),
    Promise.all(refs.map((ref) => ask(host, ref))),
  ])
  const there = new Set(paths.filter((_, index) => stats[index]?.type !== 'absent'))
  return refs.map(({ creates }, index) => {
    if (creates !== undefined) return there.has(creates)
    // Without a guard, only what it reacts to makes it run.
    return asked[index] ?? true
  })
}

async function ask(
  host: HostReader,
  { title, unless, onlyIf, as, timeout }: CommandRef,
): Promise<boolean | Error | undefined> {
  const guard = unless ?? onlyIf
  if (guard === undefined) return undefined
  const options = {
    ...(as === undefined ? {} : { as }),
    ...(timeout === undefined ? {} : { timeoutMs: milliseconds(timeout) }),
  }
  try {
    const { code, stderr } = await host.query({ text: guard }, { ...options, ok: answers })
    if (code === noProgram)
      return new NotYet(`"${title}" cannot ask on ${host.name}: ${stderr.trim() || guard}.`)
    return (code === 0) === (unless !== undefined)
  } catch (error) {
    if (error instanceof CannotBecome) return new NotYet(error.message)
    // One guard that cannot be asked is no reason not to hear the others.
    if (error instanceof Error && error.name === 'CommandFailed') return error
    throw error
  }
}
