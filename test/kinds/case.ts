import type { Resource } from '../../lib/task/kind.ts'
import type { System } from '../lab/base.ts'

/** What a case may need of its surroundings. */
export interface Around {
  /** The address of the lab host that the case is on. */
  readonly host: string
  /** Where what the case serves is found: `http://…:PORT`, without a slash at its end. */
  readonly served: string
}

/** One example of a kind of resource, for the four laws on a real host. */
export interface KindCase {
  readonly kind: string
  /** A sentence: `A value under net is set, live and for the next boot`. */
  readonly title: string
  /** In the order of one task; the last one is what the case is about. */
  readonly resources: (around: Around) => readonly Resource[]
  /** A script that makes the host as it is found; what it leaves is part of the host from then on. */
  readonly prepare?: string
  /** Scripts, each a damage to what the last resource owns, that the next run finds and undoes. */
  readonly damages: readonly string[]
  /** Why a revert does not bring it back, where it does not. */
  readonly oneWay?: RegExp
  /** Lines of a fingerprint that may come otherwise, with what they are. */
  readonly noise?: readonly { readonly line: RegExp; readonly why: string }[]
  /** What the case finds at `around.served`, by path. */
  readonly serves?: Readonly<Record<string, Buffer | string>>
  /** Default: bookworm. */
  readonly system?: System
}
