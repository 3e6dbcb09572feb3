import type { Command } from '../../host/command.ts'
import type { Hash, Host } from '../../host/host.ts'
import type { Secret } from '../../secrets/secret.ts'
import {
  defineResource,
  type Change,
  type Inputs,
  type Made,
  type Resource,
  type WantContext,
} from '../../task/kind.ts'
import { same } from '../../task/state.ts'
import type { Duration } from '../../vars/duration.ts'
import { readCommands, type CommandRef } from './guard.ts'
import { runAgain, runCommand, undoCommand } from './run.ts'
import { checkPath } from '../files/place.ts'
import { byDigest, staleOf, tokensOf, type Digests } from '../unit/stamps.ts'

interface What {
  /** Names it in the journal and on the host, as `Initialize the member`; the same in every run. */
  readonly title: string
  readonly run: Command
  readonly as?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeout?: Duration
}

/** How it is told that there is nothing to do. */
type Guard =
  /** It is done when this path exists. */
  | { readonly creates: string; readonly unless?: never; readonly onlyIf?: never }
  /** It is done when this succeeds. */
  | { readonly unless: Command; readonly creates?: never; readonly onlyIf?: never }
  /** It is done when this fails. */
  | { readonly onlyIf: Command; readonly creates?: never; readonly unless?: never }

type Way =
  | { readonly undo: Command; readonly oneWay?: never }
  /** Why it cannot be undone. */
  | { readonly oneWay: string; readonly undo?: never }

interface Unguarded {
  readonly creates?: never
  readonly unless?: never
  readonly onlyIf?: never
}

/** Runs when what it reacts to is no longer what it took up; a revert runs it again on what stood before. */
type Reaction = Unguarded & {
  readonly after: readonly Resource[]
  readonly stdin?: never
  readonly undo?: never
  readonly oneWay?: string
}

/** Runs when its guard says so, and again when what it reacts to changed. */
type Guarded = Guard &
  Way &
  (
    | { readonly after?: never; readonly stdin?: string | Buffer | Secret }
    | { readonly after: readonly Resource[]; readonly stdin?: never }
  )

export type CommandArgs = What & (Guarded | Reaction)

interface Spec {
  readonly after: readonly string[]
  readonly stdin?: string | Buffer | Secret
}

export type CommandState = {
  readonly is: 'done' | 'undone'
  readonly took: Digests
  /** What it is given on stdin. */
  readonly hint?: Hash
}

/** A command that knows when there is nothing to do, and how it is undone or that it cannot be. */
export const command: (args: CommandArgs) => Resource = defineResource('command', {
  make(args: CommandArgs) {
    const { title, after = [], stdin } = args
    if (title.trim() === '') throw new TypeError(`The command "${args.run.text}" needs a title.`)
    const spec: Spec = { after: after.map(({ id }) => id), ...(stdin === undefined ? {} : { stdin }) }
    return { key: title, ref: refOf(args), spec, ...(after.length === 0 ? {} : { after }) }
  },

  read: readCommands,

  want(actual: CommandState, { after, stdin }, context: WantContext): CommandState {
    const news =
      actual.is === 'done'
        ? staleOf(after, context.inputs, actual.took, byDigest)
        : tokensOf(after, context.inputs, byDigest)
    const took = { ...actual.took, ...news }
    return stdin === undefined ? { is: 'done', took } : { is: 'done', took, hint: context.keep(stdin) }
  },

  apply: moveCommand,

  claim: ({ title }) => [`command:${title}`],

  oneWay: (_, { oneWay }) => oneWay,

  settle: {
    needed: ({ is }) => is === 'done',
    run: settleCommand,
  },
})

async function moveCommand(host: Host, ref: CommandRef, { to }: Change<CommandState>): Promise<void> {
  const [now] = await readCommands(host, [ref])
  if (to.is === 'undone') return undoCommand(host, ref, now)
  // What was carried out meanwhile must not be carried out twice.
  if (now !== undefined && !(now instanceof Error) && now.is === 'done' && same(now.took, to.took)) return
  await runCommand(host, ref, to)
}

/** It ran before, so what it ran on stands again: it is run again on that. */
async function settleCommand(
  host: Host,
  ref: CommandRef,
  { from }: Made<CommandState>,
  inputs: Inputs,
): Promise<readonly string[]> {
  await runAgain(host, ref, from, inputs)
  return []
}

function refOf({ title, run, as, env, timeout, ...rest }: CommandArgs): CommandRef {
  return {
    title,
    run: run.text,
    ...(as === undefined ? {} : { as }),
    ...(env === undefined ? {} : { env }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(rest.undo === undefined ? {} : { undo: rest.undo.text }),
    ...(rest.oneWay === undefined ? {} : { oneWay: rest.oneWay }),
    ...(rest.creates === undefined ? {} : { creates: checkPath(rest.creates) }),
    ...(rest.unless === undefined ? {} : { unless: rest.unless.text }),
    ...(rest.onlyIf === undefined ? {} : { onlyIf: rest.onlyIf.text }),
  }
}
