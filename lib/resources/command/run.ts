import type { ExecOptions, Host } from '../../host/host.ts'
import type { Inputs, Reading } from '../../task/kind.ts'
import { milliseconds } from '../../vars/duration.ts'
import { commandPath, readCommands, type CommandRef } from './guard.ts'
import type { CommandState } from './command.ts'
import {
  byDigest,
  readStamps,
  settled,
  staleOf,
  stampsLeft,
  unsure,
  writeStamps,
  type Digests,
} from '../unit/stamps.ts'

/** Stands beside the stamps while the command may have been carried out in part. */
const begun = { command: 'begun' }
const anyCode = Array.from({ length: 256 }, (_, code) => code)

/** Carries the command out; what it took up the job notes itself, lest it be done twice when nobody waited for it. */
export async function runCommand(
  host: Host,
  ref: CommandRef,
  { took, hint }: Omit<CommandState, 'is'>,
): Promise<void> {
  const [before] = await readStamps(host, [commandPath(ref)], ['took'])
  await writeStamps(host, commandPath(ref), { took: unsure(before?.took ?? {}, took), begun })
  const stdin = hint === undefined ? {} : { stdin: await host.bytes(hint) }
  const leaves = stampsLeft(host, commandPath(ref), { took })
  await host.exec({ text: ref.run }, { ...optionsOf(ref), ...stdin, leaves })
}

/** Undoes what was done; what may only be done in part is undone as far as it goes. */
export async function undoCommand(
  host: Host,
  ref: CommandRef,
  now: Reading<CommandState> | undefined,
): Promise<void> {
  const [stamps] = await readStamps(host, [commandPath(ref)], ['begun'])
  const done = now !== undefined && !(now instanceof Error) && now.is === 'done'
  const inPart = !done && Object.keys(stamps?.begun ?? {}).length > 0
  if (ref.undo !== undefined && (done || inPart)) {
    await host.exec({ text: ref.undo }, { ...optionsOf(ref), ...(inPart ? { ok: anyCode } : {}) })
  }
  await note(host, ref, {})
}

/** Runs it on what stands now, where that is not what it took up last. */
export async function runAgain(
  host: Host,
  ref: CommandRef,
  from: CommandState,
  inputs: Inputs,
): Promise<void> {
  const [now] = await readCommands(host, [ref])
  if (now === undefined || now instanceof Error) return
  const ids = Object.keys(inputs)
  const stale = staleOf(ids, inputs, now.took, byDigest)
  if (Object.keys(stale).length > 0) await runCommand(host, ref, { took: { ...now.took, ...stale } })
  await note(host, ref, settled(from.took, ids, inputs, byDigest))
}

async function note(host: Host, ref: CommandRef, took: Digests): Promise<void> {
  await writeStamps(host, commandPath(ref), { took })
}

function optionsOf({ title, as, env, timeout }: CommandRef): ExecOptions {
  return {
    job: `command:${title}`,
    ...(as === undefined ? {} : { as }),
    ...(env === undefined ? {} : { env }),
    ...(timeout === undefined ? {} : { timeoutMs: milliseconds(timeout) }),
  }
}
