import type { Playbook } from '../play/playbook.ts'
import type { ExitCode } from './exit-code.ts'
import { playbookFlags, type FlagName, type Options } from './flags.ts'
import type { Positional, WordsOf } from './grammar.ts'

/** What every verb takes without saying so. */
export const flagsOfEveryVerb = ['json', 'help', 'version'] as const satisfies readonly FlagName[]

type FlagOfEveryVerb = (typeof flagsOfEveryVerb)[number]

/** One thing that a script does, among others: `runs.ts list`. */
export interface VerbDefinition<P extends readonly Positional[], F extends FlagName> {
  /** In one line, for the help. */
  readonly help: string
  /** The words behind it, in their order. */
  readonly words?: P
  /** What stands after `--`, untouched. */
  readonly passthrough?: Positional
  /** The flags that it takes; one that it does not take is refused. */
  readonly flags?: readonly F[]
  run(call: VerbCall<P, F>): Promise<ExitCode>
}

/** What a verb works with. */
export interface VerbCall<P extends readonly Positional[] = readonly [], F extends FlagName = never> {
  readonly words: WordsOf<{ readonly positionals: P }>
  readonly passthrough: readonly string[]
  readonly options: Pick<Options, F | FlagOfEveryVerb>
  /** Shows what was asked for: text, a record, or a table; with `--json` as an event. */
  readonly report: (name: string, data: unknown) => void
  /** Prints a text bare, for other programs to read; with `--json` it is reported instead. */
  readonly print: (name: string, text: string) => void
  /** Runs a playbook with the flags that were given; the verb has to take those that it is to heed. */
  readonly play: (playbook: Playbook) => Promise<ExitCode>
}

/** A verb of any words and flags; what it is called with is checked before. */
export type Verb = VerbDefinition<readonly Positional[], FlagName>

export interface Verbs {
  readonly title: string
  /** Whether a verb is given as a flag: `inventory.ts --list`. */
  readonly asFlags: boolean
  readonly verbs: Readonly<Record<string, Verb>>
}

/** Defines a verb; the types of its words and flags follow from what it says it takes. */
export function verb<const P extends readonly Positional[] = readonly [], F extends FlagName = never>(
  definition: VerbDefinition<P, F>,
): Verb {
  return definition as unknown as Verb
}

/** A verb that runs a playbook, with all that a playbook takes. */
export function plays(help: string, playbook: Playbook): Verb {
  return verb({ help, flags: playbookFlags, run: ({ play }) => play(playbook) })
}

/** Defines a script with verbs; `main` runs the one that is named when its file is the one started. */
export function verbs(title: string, definitions: Readonly<Record<string, Verb>>): Verbs {
  return { title, asFlags: false, verbs: definitions }
}

/** The same for a script whose verbs are given as flags, as those of `ansible-inventory` are. */
export function verbFlags(title: string, definitions: Readonly<Record<string, Verb>>): Verbs {
  return { title, asFlags: true, verbs: definitions }
}
