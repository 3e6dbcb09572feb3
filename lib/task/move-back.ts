import { inSetting } from '../host/setting.ts'
import { attempts, contactIsLostIn } from './change.ts'
import type { HostRun } from './host-run.ts'
import { inputsNow } from './inputs.ts'
import type { ChangeMade, Identity, Intent } from './journal.ts'
import { kindOf, type Change } from './kind.ts'
import { rememberOrigins, rememberWrites } from './memory.ts'
import { NotYet } from './outcome.ts'
import { same, type State } from './state.ts'

/** What a thing is now. */
export async function look(target: HostRun, { kind, ref, setting = {} }: Identity): Promise<State | NotYet> {
  const [seen] = await kindOf(kind).read(inSetting(target.reader, setting), [ref])
  if (seen instanceof NotYet) return seen
  if (seen === undefined || seen instanceof Error)
    throw seen ?? new Error(`The kind ${kind} left a reading out.`)
  return seen
}

/** Moves a thing to what it was, and looks whether it is; where contact is lost meanwhile, again from what is there. */
export async function moveBack(target: HostRun, thing: Intent, { from, to }: Change<State>): Promise<void> {
  if (target.host === undefined) throw new Error(`${target.name} was opened for reading only.`)
  const host = inSetting(target.host, thing.setting ?? {})
  const { origins } = target.memory
  await Promise.all([
    rememberWrites(target, [{ thing, from, to }]),
    ...(thing.bracket === undefined ? [rememberOrigins(target, [{ thing, from, to }], thing.at)] : []),
  ])
  origins.begin(thing.id)
  let actual = from
  for (let attempt = 1; ; attempt++) {
    const change = { from: actual, to }
    const lost = await contactIsLostIn(() => kindOf(thing.kind).apply(host, thing.ref, change))
    target.forget()
    const now = await look(target, thing)
    if (now instanceof NotYet || same(now, to)) return origins.arrived(thing.id)
    if (!lost || attempt === attempts) throw new Error(`${thing.id} still differs after the revert.`)
    actual = now
  }
}

/**
 * Runs a thing again as before, on the inputs that stand again; the fields that others changed since, and that stay.
 * Undefined where there is nothing left to run.
 */
export async function settleAgain(
  target: HostRun,
  { last, from, to, done, after }: ChangeMade,
): Promise<readonly string[] | undefined> {
  const { settle } = kindOf(last.kind)
  const { host } = target
  const actual = await look(target, last)
  if (actual instanceof NotYet || settle === undefined || host === undefined) return undefined
  const within = inSetting(host, last.setting ?? {})
  let kept: readonly string[] = []
  for (let attempt = 1; ; attempt++) {
    const inputs = await inputsNow(target, after)
    const settled = async () => void (kept = await settle.run(within, last.ref, { from, to, done }, inputs))
    if (!(await contactIsLostIn(settled))) break
    if (attempt === attempts) throw new Error(`Contact with ${target.name} was lost again and again.`)
  }
  target.forget()
  return kept
}
