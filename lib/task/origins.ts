import { isRecord } from '../host/our-memory.ts'
import type { Identity, Intent, Position } from './journal.ts'
import type { Change } from './kind.ts'
import { differing, same, type State } from './state.ts'
import { withFields } from './undo.ts'

/** What stood before our first change of a thing, and what our changes since have left of it. */
export interface Origin extends Identity, Pick<Position, 'role' | 'task'>, Pick<Intent, 'after' | 'secret'> {
  readonly from: State
  /** The fields that we never touched are as in `from`, whatever others made of them. */
  readonly left: State
  /** Where it was being moved to: that may be half done. */
  readonly moving?: State
}

/** A move that is about to be made. */
export interface Move extends Change<State> {
  readonly thing: Identity & Pick<Intent, 'after' | 'secret'>
}

/**
 * What one host remembers of how things stood at first, in the order in which they were first changed. One whose
 * identity is no longer the same, as a folder that gets other files, has several; the newest is to be undone first.
 */
export class Origins {
  readonly #list: Origin[]
  /** Moves that are only foreseen, with what was known before. */
  readonly #foreseen = new Map<string, { readonly now: Origin; readonly before: Origin | undefined }>()
  readonly #texts = new WeakMap<Origin, string>()
  #saved: string
  #isTouched = false

  constructor(list: readonly Origin[] = []) {
    this.#list = [...list]
    this.#saved = this.#text()
  }

  get all(): readonly Origin[] {
    return this.#list
  }

  of(id: string): Origin | undefined {
    return this.#list.findLast((origin) => origin.id === id)
  }

  /** Notes a move before it is made; false where that was known. Until `begin` it can be dropped again. */
  foresee({ thing, ...change }: Move, by: Pick<Origin, 'role' | 'task'>): boolean {
    const { id } = thing
    const foreseen = this.#foreseen.get(id)
    const top = this.of(id)
    const before =
      foreseen === undefined ? (top && isOneThing(top, thing) ? top : undefined) : foreseen.before
    const now = moved(before, thing, change, by)
    if (foreseen !== undefined && same(foreseen.now, now)) return false
    const place = foreseen?.now ?? before
    if (place === undefined) this.#list.push(now)
    else this.#replace(place, now)
    this.#foreseen.set(id, { now, before })
    return true
  }

  begin(id: string): void {
    this.#foreseen.delete(id)
    this.#isTouched = true
  }

  /** Whether a move was begun since this was read from the host. */
  get isTouched(): boolean {
    return this.#isTouched
  }

  /** A move that was not begun is none. */
  drop(id: string): void {
    const foreseen = this.#foreseen.get(id)
    if (foreseen !== undefined) this.#replace(foreseen.now, foreseen.before)
    this.#foreseen.delete(id)
  }

  /** The thing is where it was to be, or where it is wanted anyway. */
  arrived(id: string): void {
    this.drop(id)
    const origin = this.of(id)
    if (origin?.moving === undefined) return
    const { moving: _, ...rest } = origin
    this.#replace(origin, rest)
  }

  /** The thing is as it was before all that is remembered of it under this identity. */
  back(thing: Identity, state: State): void {
    const origin = this.of(thing.id)
    if (origin !== undefined && isOneThing(origin, thing) && same(origin.from, state)) this.#replace(origin)
  }

  /** What is to be written, where that is not what was written last; it counts as written from now on. */
  unsaved(): string | undefined {
    const text = this.#text()
    if (text === this.#saved) return undefined
    this.#saved = text
    return text
  }

  /** It could not be written. */
  notSaved(): void {
    this.#saved = ''
  }

  /** It is asked for before every move, and of many origins few are new. */
  #text(): string {
    const texts = this.#list.map((origin) => {
      const text = this.#texts.get(origin) ?? JSON.stringify(origin)
      this.#texts.set(origin, text)
      return text
    })
    return `[${texts.join(',')}]`
  }

  #replace(origin: Origin, ...by: readonly (Origin | undefined)[]): void {
    const index = this.#list.indexOf(origin)
    if (index !== -1) this.#list.splice(index, 1, ...by.filter((each) => each !== undefined))
  }
}

/** Whether two are looked at in the same way, and not only have one name. */
export function isOneThing(a: Identity, b: Identity): boolean {
  return a.id === b.id && same([a.ref, a.setting ?? null], [b.ref, b.setting ?? null])
}

export function isOrigin(value: unknown): value is Origin {
  if (!isRecord(value) || value['ref'] === undefined) return false
  const isText = ['kind', 'id', 'role', 'task'].every((field) => typeof value[field] === 'string')
  const { from, left, moving = left, after = [] } = value
  return isText && [from, left, moving].every(isState) && Array.isArray(after) && after.every(isIdentity)
}

function isState(value: unknown): boolean {
  return isRecord(value) && typeof value['is'] === 'string'
}

function isIdentity(value: unknown): boolean {
  return isRecord(value) && typeof value['kind'] === 'string' && typeof value['id'] === 'string'
}

function moved(
  before: Origin | undefined,
  { kind, id, ref, setting, after = [], secret = before?.secret }: Move['thing'],
  change: Change<State>,
  by: Pick<Origin, 'role' | 'task'>,
): Origin {
  const all = new Map(
    [...(before?.after ?? []), ...after].map(({ kind, id, ref, setting }) => {
      return [id, { kind, id, ref, ...(setting === undefined ? {} : { setting }) }]
    }),
  )
  return {
    kind,
    id,
    ref,
    ...(setting === undefined ? {} : { setting }),
    role: before?.role ?? by.role,
    task: before?.task ?? by.task,
    from: before?.from ?? change.from,
    left: before === undefined ? change.to : leftAfter(before, change),
    moving: change.to,
    ...(all.size === 0 ? {} : { after: [...all.values()] }),
    ...(secret === undefined ? {} : { secret }),
  }
}

/** What others made of a field that this move passes over stays theirs; of a move that was cut short, all is ours. */
function leftAfter({ left, moving }: Origin, { from, to }: Change<State>): State {
  if (from.is !== to.is || left.is !== to.is) return to
  const fields = new Set([...Object.keys(left), ...Object.keys(to), ...Object.keys(moving ?? {})])
  const changed = new Set(differing(from, to))
  const ours = [...fields].filter((field) => {
    return changed.has(field) || (moving !== undefined && same(left[field], moving[field]))
  })
  return withFields(left, to, ours)
}
