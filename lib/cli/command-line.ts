import { UserError } from '../errors.ts'
import { didYouMean } from '../inventory/nearest.ts'
import { refuseConflicts, refuseOtherFlags } from './conflicts.ts'
import type { Grammar, Positional, VerbOf, WordsOf } from './grammar.ts'
import { playbookFlags, type Options } from './flags.ts'
import { readOptions } from './options.ts'
import { tokenize } from './tokens.ts'

/** A command line, understood. */
export interface CommandLine<G extends Grammar = Grammar> {
  readonly options: Options
  readonly verb: VerbOf<G>
  /** The words by their names in the grammar. */
  readonly words: WordsOf<G>
  /** What stood after `--`. */
  readonly passthrough: readonly string[]
}

/** Reads a command line, or throws a `UserError` that says what to write instead; with `--help` nothing else is asked for. */
export function parseCommandLine<const G extends Grammar>(argv: readonly string[], grammar: G): CommandLine<G>
export function parseCommandLine(argv: readonly string[]): CommandLine<Grammar>
export function parseCommandLine(argv: readonly string[], grammar: Grammar = {}): CommandLine {
  const verbs = Object.keys(grammar.verbs ?? {})
  const tokens = tokenize(argv, (word) => verbs.includes(word))
  const options = readOptions(tokens.flags)
  const onlyInformed = options.help || options.version
  if (!onlyInformed) refuseConflicts(options)
  if (!onlyInformed) refuseOtherFlags(options, grammar.takes ?? { name: 'A playbook', flags: playbookFlags })
  const words = grammar.passthrough === undefined ? [...tokens.words, ...(tokens.rest ?? [])] : tokens.words
  const passthrough = grammar.passthrough === undefined ? [] : (tokens.rest ?? [])
  const verb = verbs.length === 0 ? undefined : words[0]
  const named = nameWords(grammar.positionals ?? [], verbs.length === 0 ? words : words.slice(1))
  if (!onlyInformed) {
    refuseWrongVerb(verb, verbs)
    refuseWrongWords(grammar, named, passthrough)
  }
  return { options, verb, words: named.found, passthrough } as CommandLine
}

interface NamedWords {
  readonly found: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly tooMany: readonly string[]
}

function nameWords(positionals: readonly Positional[], words: readonly string[]): NamedWords {
  const found = positionals.map(({ name, many }, index) => [name, many ? words.slice(index) : words[index]])
  const tooMany = positionals.at(-1)?.many === true ? [] : words.slice(positionals.length)
  return { found: Object.fromEntries(found) as NamedWords['found'], tooMany }
}

function refuseWrongVerb(verb: string | undefined, verbs: readonly string[]): void {
  if (verbs.length === 0) return
  if (verb === undefined) {
    throw new UserError(
      'This playbook wants to be told what to do, and no verb was given.',
      `Add one of: ${verbs.join(', ')}.`,
    )
  }
  if (!verbs.includes(verb)) throw new UserError(`There is no verb "${verb}".`, didYouMean(verb, verbs))
}

function refuseWrongWords(
  { positionals = [], passthrough }: Grammar,
  words: NamedWords,
  rest: readonly string[],
): void {
  const missing = positionals.find(
    ({ name, optional }) => optional !== true && (words.found[name] ?? []).length === 0,
  )
  if (missing !== undefined) throw new UserError(`${missing.name} is missing.`, `Add it: ${missing.help}.`)
  const [extra] = words.tooMany
  if (extra !== undefined) {
    const taken = positionals.map(({ name }) => name).join(' ')
    const says = taken === '' ? 'This playbook takes flags only' : `Beside flags it takes ${taken}`
    throw new UserError(
      `"${extra}" is one word too many.`,
      `${says}; hosts are chosen with --limit, the inventory with -i. Quote a value that holds spaces.`,
    )
  }
  if (passthrough !== undefined && passthrough.optional !== true && rest.length === 0) {
    throw new UserError(
      `${passthrough.name} is missing.`,
      `Add it after two dashes, -- ${passthrough.name}: ${passthrough.help}.`,
    )
  }
}
