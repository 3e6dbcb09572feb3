import type { Hash } from '../../host/host.ts'
import type { Difference } from '../../report/events.ts'
import { reveal, Secret } from '../../secrets/secret.ts'
import { defineResource, type Change, type Resource, type WantContext } from '../../task/kind.ts'
import { differing, type Json, type State } from '../../task/state.ts'
import { modeFor } from '../files/file-content.ts'
import { parseKey, plain, printKey, type Format, type Key } from './format.ts'
import { defaultMode, fieldOf, moveKeys, readKeys, type KeysRef, type KeysState } from './state.ts'
import { checkPath, inFolder, ofNew } from '../files/place.ts'

export type KeyValue = Json | Secret

/** `a.b` or `a."c.d"`, or the names one by one. */
export type KeyPath = string | Key

export interface KeysArgs {
  readonly path: string
  readonly format: Format
  /** By dotted key, or as pairs where names are given one by one. */
  readonly set?: Readonly<Record<string, KeyValue>> | readonly (readonly [KeyPath, KeyValue])[]
  readonly unset?: readonly KeyPath[]
  /** Default: of a new file 0644, and 0600 of any that is given a secret. */
  readonly mode?: number
  /** Of a new file. Default: whom the host is worked on as, so root. */
  readonly owner?: string
  readonly group?: string
}

interface Spec extends Omit<KeysArgs, 'set' | 'unset'> {
  readonly values: readonly KeyValue[]
}

/** Keys in a file that other programs write too; its comments, order and layout stay, and all other keys. */
export const keys: (args: KeysArgs) => Resource = defineResource('keys', {
  make(args: KeysArgs) {
    const { path, format, set = {}, unset = [], mode, ...rest } = args
    const given: readonly (readonly [KeyPath, KeyValue])[] = isPairs(set) ? set : Object.entries(set)
    const values = given.map(([, value]) => value)
    const all = [...given.map(([key]) => key), ...unset].map((key) =>
      typeof key === 'string' ? parseKey(key) : key,
    )
    checkKeys(path, all)
    const secret = values.find((value) => value instanceof Secret)
    const ref: KeysRef = {
      path: checkPath(path),
      format,
      keys: all,
      mode: modeFor(path, secret, mode) ?? null,
    }
    const spec: Spec = { path, format, values, ...rest }
    return { key: `${path}#${all.map(printKey).join(' ')}`, ref, spec: { ...spec, ref } }
  },

  read: readKeys,

  want(actual: KeysState, { values, ref, owner, group }, context: WantContext): KeysState {
    const secret = values.find((value) => value instanceof Secret)
    if (secret !== undefined && ref.mode === null) modeFor(ref.path, secret, defaultMode)
    const fields = values.map((value, index) => [fieldOf(ref.keys[index] ?? []), keep(ref, value, context)])
    const there = ofNew(ref.mode ?? defaultMode, context)
    const make = { ...there, owner: owner ?? there.owner, group: group ?? there.group }
    const wanted = { is: 'keys', ...Object.fromEntries(fields), hint: { make } } as KeysState
    const { hint } = actual
    return inFolder(hint !== undefined && 'noFile' in hint ? { is: 'absent', hint } : actual, wanted)
  },

  apply: moveKeys,

  claim: (ref) => ref.keys.map((key) => `path:${ref.path}#${printKey(key)}`),

  digest: (state) => JSON.stringify({ ...state, mode: undefined, hint: undefined }),

  show,
})

function keep({ format }: KeysRef, value: KeyValue, context: WantContext): Hash {
  if (value instanceof Secret) return context.keep(new Secret(JSON.stringify(reveal(value)), value.source))
  return context.keep(JSON.stringify(plain(format, value)))
}

function isPairs(set: KeysArgs['set']): set is readonly (readonly [KeyPath, KeyValue])[] {
  return Array.isArray(set)
}

function checkKeys(path: string, all: readonly Key[]): void {
  if (all.length === 0) throw new TypeError(`No key of ${path} is named.`)
  for (const [index, key] of all.entries()) {
    const above = all.find((other, at) => at !== index && other.every((name, depth) => key[depth] === name))
    if (above === undefined) continue
    throw new TypeError(
      `Of ${path}, ${printKey(above)} is wanted as a whole, and so is ${printKey(key)}, a part of it.`,
    )
  }
}

function show({ from, to }: Change<State>): readonly Difference[] {
  return differing(from, to).map((field) => ({
    field: field.replace(/^#/, ''),
    from: from[field] === undefined ? 'absent' : field === 'mode' ? 'another mode' : 'another value',
    to: field === 'mode' ? 'the wanted mode' : to[field] === undefined ? 'absent' : 'the wanted value',
  }))
}
