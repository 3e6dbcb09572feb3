import type { FlagName } from './flags.ts'

/** What a playbook takes beside flags: verbs (`etcd.ts status`), words, and a command after `--`. */
export interface Grammar {
  /** Each with a sentence for the help; one of them must be given. */
  readonly verbs?: Readonly<Record<string, string>>
  /** In their order. */
  readonly positionals?: readonly Positional[]
  /** What stands after `--`, untouched. */
  readonly passthrough?: Positional
  /** Whose flags these are, where it is not any playbook. */
  readonly takes?: { readonly name: string; readonly flags: readonly FlagName[] }
}

export interface Positional {
  readonly name: string
  readonly help: string
  readonly optional?: boolean
  /** The last word, which may stand there several times. */
  readonly many?: boolean
}

/** The verbs of a grammar; none where it has no verbs. */
export type VerbOf<G extends Grammar> = G extends { readonly verbs: infer V } ? keyof V & string : undefined

/** The words by name, those that may be missing as such. */
export type WordsOf<G extends Grammar> = G extends { readonly positionals: readonly (infer P)[] }
  ? {
      readonly [Q in P as Q extends Positional ? Q['name'] : never]: WordOf<Q>
    }
  : Readonly<Record<never, string>>

type WordOf<P> = P extends { readonly many: true }
  ? readonly string[]
  : P extends { readonly optional: true }
    ? string | undefined
    : string

/** How help and errors name a word: `[FILE …]`. */
export function wordName({ name, optional, many }: Positional): string {
  const named = many === true ? `${name} …` : name
  return optional === true ? `[${named}]` : named
}
