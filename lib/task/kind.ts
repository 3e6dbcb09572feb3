import type { Hash, Host, HostReader, Worker } from '../host/host.ts'
import type { Setting } from '../host/setting.ts'
import type { Difference } from '../report/events.ts'
import type { Secret } from '../secrets/secret.ts'
import type { NotYet } from './outcome.ts'
import type { Json, State } from './state.ts'

/** One thing on one host and what is wanted of it. Data: what it means stands in its kind, found by name. */
export interface Resource {
  readonly kind: string
  /** Names the thing on its host, the same in every run: `file:/etc/hosts`. */
  readonly id: string
  /** Identity only: all that is needed to observe the thing, and to put it back from another process. */
  readonly ref: Json
  readonly spec: object
  /** What this one reacts to. */
  readonly after?: readonly Resource[]
  /** Done elsewhere for this host, by the first of these that is healthy. */
  readonly via?: { readonly hosts: readonly string[]; readonly exclusive?: string }
  /** As whom, and with what environment, its commands run. */
  readonly setting?: Setting
}

/** What a dependant knows of a thing it reacts to. */
export interface Input {
  /** Its digest now; under check the one that it will have. */
  readonly digest: string
  /** Its digest before our first write since the host was booted, where there was one. */
  readonly atBoot?: string
  /** How often since boot we put it right after somebody else had changed it: who reacts to it may have taken that up. */
  readonly repairs?: number
}

export type Inputs = Readonly<Record<string, Input>>

export interface WantContext {
  /** By id of the resource that is reacted to. */
  readonly inputs: Inputs
  /** Under check: something earlier on this host is pending, so that what is seen may still come otherwise. */
  readonly pending?: true
  /** Whom new things belong to, unless somebody else is named; root when absent. */
  readonly worker?: Worker
  /** Turns wanted content into the hash that stands for it in a state. */
  keep(content: string | Buffer | Secret): Hash
  /** The hash of wanted content that is not here, only its SHA-256 is known. */
  hashOf(sha256: string): Hash
}

export interface ResolveContext {
  /** The folder of the role that uses the resource; `templates/` and `files/` stand in it. */
  readonly roleFolder: string
}

export interface Change<S extends State> {
  readonly from: S
  readonly to: S
}

/** Per ref: what was seen, what has to happen before it can be seen, or why it could not be asked. */
export type Reading<S extends State> = S | NotYet | Error

export interface Kind<Ref extends Json = Json, Spec extends object = object, S extends State = State> {
  /** Completes a spec on the controller: renders a template, reads a file beside the role. */
  readonly resolve?: (spec: Spec, context: ResolveContext) => Promise<Spec>
  /** Completes the ref by the completed spec, for a kind whose spec alone tells what there is to look at. */
  readonly identify?: (ref: Ref, spec: Spec) => Ref
  /** Observes many at once, in as few commands as it can; never changes anything. */
  readonly read: (host: HostReader, refs: readonly Ref[]) => Promise<readonly Reading<S>[]>
  /** The state wished for, touching only what the spec names; `want(want(s))` equals `want(s)`. May throw `NotYet`. */
  readonly want: (actual: S, spec: Spec, context: WantContext) => S
  /** Moves the thing; a revert calls it with the two swapped. What is done already must do no harm. */
  readonly apply: (host: Host, ref: Ref, change: Change<S>) => Promise<void>
  /** What it owns: `path:/etc/x`, or a part of it, `path:/etc/x#block`. */
  readonly claim: (ref: Ref, spec: Spec) => readonly string[]
  /** What a dependant takes up; a kind without one only orders. */
  readonly digest?: (state: S) => string
  /** A change in words for people, where the fields of the state speak poorly. */
  readonly show?: (change: Change<S>) => readonly Difference[]
  /** The fields that a field cannot be without, as a file its folders: a revert that keeps it keeps them. */
  readonly standsIn?: (field: string) => readonly string[]
  /** The fields that only we write, as a memory of the rest: whatever later runs left there goes back along with that. */
  readonly memory?: readonly string[]
  /** Why this change cannot be undone, when it cannot. */
  readonly oneWay?: (change: Change<S>, ref: Ref) => string | undefined
  /** Moving it boots the host, within so many milliseconds: what is known of the time since boot is asked anew. */
  readonly boots?: (ref: Ref) => number
  /** For what runs on and reacts to inputs: put back last in a revert, once they stand again. */
  readonly settle?: Settle<Ref, S>
}

/** A change as a journal tells it; one that is not done may have been carried out in part. */
export interface Made<S extends State> extends Change<S> {
  readonly done: boolean
}

export interface Settle<Ref extends Json, S extends State> {
  /** Whether the state before the run was one that runs on; else `apply` puts it back in its turn. */
  needed(from: S): boolean
  /** Runs it again as before, on the inputs that stand again; returns the fields that others changed since, and that stay. */
  run(host: Host, ref: Ref, change: Made<S>, inputs: Inputs): Promise<readonly string[]>
}

/** The parts of a resource that its constructor takes from the arguments; `key` makes the id, with the kind's name. */
export interface Parts<Ref, Spec> {
  readonly key: string
  readonly ref: Ref
  readonly spec: Spec
  readonly after?: readonly Resource[]
}

const kinds = new Map<string, Kind>()

/** Defines a kind of resource and returns the constructor for resources of it. */
export function defineResource<Args, Ref extends Json, Spec extends object, S extends State>(
  name: string,
  definition: Kind<Ref, Spec, S> & { make(args: Args): Parts<Ref, Spec> },
): (args: Args) => Resource {
  if (kinds.has(name)) throw new TypeError(`There are two kinds of resource named "${name}".`)
  kinds.set(name, definition as unknown as Kind)
  return (args) => {
    const { key, ...parts } = definition.make(args)
    return { kind: name, id: `${name}:${key}`, ...parts }
  }
}

/** Whether the module that defines the kind was imported. */
export function isKnown(name: string): boolean {
  return kinds.has(name)
}

/** The behaviour of a kind; unknown when the module that defines it was not imported. */
export function kindOf(name: string): Kind {
  const kind = kinds.get(name)
  if (kind === undefined)
    throw new TypeError(`No kind of resource is named "${name}": is the role that defines it imported?`)
  return kind
}
