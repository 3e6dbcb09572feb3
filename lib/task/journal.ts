import type { Resource } from './kind.ts'
import { same, type Json, type State } from './state.ts'

/** Where a change was made; enough to walk a run backwards. */
export interface Position {
  readonly stage: number
  readonly batch: number
  readonly stageTitle: string
  readonly role: string
  readonly task: string
}

export type Identity = Pick<Resource, 'kind' | 'id' | 'setting'> & { readonly ref: Json }

/** Written before a change is made: half a change must be undone too. */
export interface Intent extends Identity {
  readonly type: 'intent'
  readonly n: number
  readonly at: Position
  readonly from: State
  readonly to: State
  /** What it reacts to, so that a revert can ask what stands again. */
  readonly after?: readonly Identity[]
  /** What it holds is not to be shown. */
  readonly secret?: true
  /** The hosts through which it may be done or undone, when it is not this one. */
  readonly via?: readonly string[]
  /** Where the role stands that wanted it: it knows the kind. */
  readonly roleFolder?: string
  /** It was none of this run's: the host remembered it. */
  readonly adopted?: true
  /** A bracket keeps both of its ends; all other entries for one thing are one change. */
  readonly bracket?: 'enter' | 'leave'
}

export type Entry =
  | Intent
  | { readonly type: 'done'; readonly n: number }
  /** What a revert is moving the thing to, and what it leaves: so that one that was killed is gone on with. */
  | { readonly type: 'undoing'; readonly n: number; readonly to: State; readonly kept: readonly string[] }
  /** `why` says what is left of it all the same. */
  | { readonly type: 'undone'; readonly n: number; readonly why?: string }
  /** `oneWay`: nothing will ever undo it, so nothing has to be remembered for that. */
  | { readonly type: 'kept'; readonly n: number; readonly why: string; readonly oneWay?: true }

/** What was changed on one host in one run, in order. An entry is on disk when `append` returns. */
export interface Journal {
  readonly entries: readonly Entry[]
  append(entry: Entry): void
  /** The number of the next intent. */
  next(): number
}

/** One thing's way through a run, from what stood before to what was left. */
export interface ChangeMade {
  readonly intents: readonly Intent[]
  readonly last: Intent
  /** All that it reacted to on its way. */
  readonly after: readonly Identity[]
  readonly from: State
  readonly to: State
  /** False when the last step may be half done. */
  readonly done: boolean
}

/** What is still to be undone of the entries that `within` accepts, newest first. */
export function changesToUndo(
  entries: readonly Entry[],
  within: (intent: Intent) => boolean = () => true,
): readonly ChangeMade[] {
  const ended = new Set<number>()
  const done = new Set<number>()
  for (const entry of entries) {
    if (entry.type === 'undone' || entry.type === 'kept') ended.add(entry.n)
    if (entry.type === 'done') done.add(entry.n)
  }
  const things = new Map<string, Intent[]>()
  const firsts = new Map<string, Intent>()
  for (const entry of entries) {
    if (entry.type !== 'intent' || ended.has(entry.n) || !within(entry)) continue
    const key = keyOf(entry, firsts)
    things.set(key, [...(things.get(key) ?? []), entry])
  }
  return [...things.values()]
    .flatMap((intents) => {
      const [first, last] = [intents[0], intents.at(-1)]
      if (first === undefined || last === undefined) return []
      const after = new Map(intents.flatMap((intent) => intent.after ?? []).map((each) => [each.id, each]))
      return [
        { intents, last, after: [...after.values()], from: first.from, to: last.to, done: done.has(last.n) },
      ]
    })
    .toSorted((a, b) => b.last.n - a.last.n)
}

/** What a revert has begun to move a thing to. */
export function undoingOf(
  entries: readonly Entry[],
  { n }: Intent,
): (Entry & { type: 'undoing' }) | undefined {
  return entries.findLast((entry) => entry.type === 'undoing' && entry.n === n) as
    | (Entry & { type: 'undoing' })
    | undefined
}

/** What this run itself changed, and has not been undone without a rest. */
export function standing(entries: readonly Entry[]): readonly Intent[] {
  const undone = new Set<number>()
  for (const entry of entries) {
    if (entry.type === 'undone' && entry.why === undefined) undone.add(entry.n)
  }
  return entries
    .filter((entry) => entry.type === 'intent')
    .filter(({ n, adopted }) => adopted !== true && !undone.has(n))
}

/** What a host has to remember a run for: all that stands and could still be undone some day. */
export function toRemember(entries: readonly Entry[]): readonly Intent[] {
  const oneWay = new Set(entries.flatMap((entry) => (entry.type === 'kept' && entry.oneWay ? entry.n : [])))
  return standing(entries).filter(({ n }) => !oneWay.has(n))
}

/**
 * One end of a bracket is one change, also where it was entered in two goes; with the other end a new one begins. So it
 * does with what is no longer looked at in the same way, as a folder that got other files.
 */
function keyOf(intent: Intent, firsts: Map<string, Intent>): string {
  const { id, ref, setting, n, bracket } = intent
  const name = bracket === undefined ? id : `${id} set aside`
  const first = firsts.get(name)
  const isOne =
    first !== undefined && first.bracket === bracket && same([first.ref, first.setting], [ref, setting])
  if (isOne) return `${name} ${first.n}`
  firsts.set(name, intent)
  return `${name} ${n}`
}
