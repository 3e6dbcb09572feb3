import type { Hash } from '../../host/host.ts'
import { findAuthority } from '../../pki/authority.ts'
import type { Algorithm } from '../../pki/certificate.ts'
import { newDraft, type Draft } from '../../pki/issue.ts'
import { makeMove } from '../../pki/moves.ts'
import type { AuthorityPlace } from '../../pki/place.ts'
import { after, movesFor, type AuthorityState, type Step } from '../../pki/replacement.ts'
import { defineResource, type Resource } from '../../task/kind.ts'
import { localPath } from '../../vars/local-path.ts'
import { keepOrder, orderOf } from './order.ts'

export interface AuthorityArgs extends AuthorityPlace {
  readonly commonName: string
  readonly algorithm: Algorithm
  readonly days: number
  /** Goes a step of its replacement; left out, an authority that stands stays as it is. */
  readonly step?: Step | undefined
}

type Ref = { readonly name: string; readonly folder: string }

type Spec = AuthorityArgs & { readonly draft?: Draft }

/** What of the arguments a move needs, beside the place. */
interface Order extends Pick<AuthorityArgs, 'commonName' | 'algorithm' | 'days' | 'step'> {
  readonly serial: string
}

type State =
  | { readonly is: 'absent'; readonly hint?: { readonly order: Hash } }
  | (AuthorityState & { readonly hint?: { readonly order: Hash } })

/** An authority in a store on the controller, which issues certificates; its key stands there closed by a passphrase. */
export const authority: (args: AuthorityArgs) => Resource = defineResource('authority', {
  make(args: AuthorityArgs) {
    const ref = refOf(args)
    const spec: Spec = args
    return { key: `${ref.folder}/${ref.name}`, ref, spec }
  },

  resolve: async (spec) => ({ ...spec, draft: newDraft() }),

  read: async (_, refs: readonly Ref[]) => refs.map(stateAt),

  want(actual: State, spec, context): State {
    const moves = movesFor(spec.name, phaseOf(actual), spec.step)
    if (moves.length === 0) return actual
    const { commonName, algorithm, days, step, draft = newDraft() } = spec
    const order = { commonName, algorithm, days, step, serial: draft.serial } satisfies Order
    const start = actual.is === 'absent' ? undefined : actual
    const state = moves.reduce<AuthorityState | undefined>((at, move) => after(at, move, draft.serial), start)
    return { ...(state ?? actual), hint: { order: keepOrder(placeOf(spec), order, context) } }
  },

  async apply(host, ref, { to }) {
    if (to.hint === undefined) return
    const { place, more } = await orderOf<Order>(host, to.hint.order)
    const wanted = { ...more, draft: { ...newDraft(), serial: more.serial } }
    // Every host asks for it, and one of them is the first.
    await inTurn(ref, async () => {
      for (const move of movesFor(place.name, phaseOf(stateAt(ref)), more.step)) {
        await makeMove(place, move, wanted)
      }
    })
  },

  claim: ({ folder, name }) => [`controller:${folder}/${name}`],

  // Each move leads to another phase; which numbers new certificates get is decided by the first host that asks.
  digest: phaseOf,

  oneWay: () => 'What an authority has issued hangs on it, so it is never thrown away.',

  show: ({ from, to }) => [{ field: 'authority', from: inWords(from), to: inWords(to) }],
})

/** An authority as something to react to. */
export function authorityAt(place: AuthorityPlace): Resource {
  const ref = refOf(place)
  return { kind: 'authority', id: `authority:${ref.folder}/${ref.name}`, ref, spec: {} }
}

/** @throws when the name could not be one of a file, or is one of another authority's files */
function refOf({ name, store }: AuthorityPlace): Ref {
  if (!/^\w[\w.-]*(?<!-next|-former)$/.test(name)) {
    throw new TypeError(
      `${JSON.stringify(name)} is no name for an authority: use letters, digits, - and _, and no -next or -former at its end.`,
    )
  }
  return { name, folder: localPath(store.folder) }
}

/** The place of an authority, wherever the current folder is. */
export function placeOf({ name, store }: AuthorityPlace): AuthorityPlace {
  return { name, store: { ...store, folder: localPath(store.folder) } }
}

function stateAt({ name, folder }: Ref): State {
  const found = findAuthority({ name, store: { folder } })
  if (found === undefined) return { is: 'absent' }
  const { phase, issuing, trusted } = found
  return { is: 'authority', phase, issuing: issuing.serial, trusted: trusted.map(({ serial }) => serial) }
}

function phaseOf(state: State) {
  return state.is === 'absent' ? 'none' : state.phase
}

function inWords(state: State): string {
  if (state.is === 'absent') return 'absent'
  const words = {
    alone: 'trusted',
    introduced: 'issues, the next one is trusted as well',
    switching: 'is being switched to the next one',
    switched: 'the next one issues, the former one is still trusted',
  }
  return words[state.phase]
}

const turns = new Map<string, Promise<void>>()

/** One after the other, for each place. */
async function inTurn({ folder, name }: Ref, work: () => Promise<void>): Promise<void> {
  const key = `${folder}/${name}`
  const mine = (turns.get(key) ?? Promise.resolve()).then(work)
  turns.set(
    key,
    mine.catch(() => undefined),
  )
  return mine
}
