import { UserError } from '../errors.ts'
import { quote } from '../host/command.ts'
import { paintFor } from '../report/look.ts'
import { openReporter, type Reporter } from '../report/reporter.ts'
import { openSinks } from '../report/sinks.ts'
import { parseCommandLine, type CommandLine } from './command-line.ts'
import type { ExitCode } from './exit-code.ts'
import { flagNames, type FlagName } from './flags.ts'
import { wordName, type Grammar } from './grammar.ts'
import { helpText } from './help.ts'
import { runCommand } from './run-command.ts'
import { loadSettings, withSettings } from './settings/settings.ts'
import { tokenize } from './tokens.ts'
import { verbFirst } from './verb-first.ts'
import { flagsOfEveryVerb, type Verb, type VerbCall, type Verbs } from './verbs.ts'
import { version } from './version.ts'

/** What a command line makes of a script with verbs, from its words to its exit code. */
export async function runVerb(script: Verbs, file: string, given: readonly string[]): Promise<ExitCode> {
  const argv = script.asFlags ? verbFirst(Object.keys(script.verbs), given) : given
  const isVerb = (word: string) => Object.hasOwn(script.verbs, word)
  const tokens = tokenize(argv, isVerb)
  const [name = ''] = tokens.words
  const verb = isVerb(name) ? script.verbs[name] : undefined
  const line = parseCommandLine(argv, grammarOf(script, name, verb))
  if (line.options.help || line.options.version) {
    process.stdout.write(line.options.help ? help(script, file, name, verb) : `troupe ${version()}\n`)
    return 0
  }
  // Without a verb, the line was refused.
  if (verb === undefined) throw new UserError('No verb was given.', 'Run it with --help to see all.')
  const end = tokens.rest === undefined ? argv.length : argv.length - tokens.rest.length - 1
  return call({
    verb,
    name,
    line,
    // A run is known by the words that make it what it is: with them it is found again, to be gone on with.
    file: [file, ...tokens.words.map(quote)].join(' '),
    flags: argv.slice(0, end).filter((_, at) => !tokens.places.includes(at)),
  })
}

interface Called {
  readonly file: string
  readonly flags: readonly string[]
  readonly name: string
  readonly verb: Verb
  readonly line: CommandLine
}

async function call({ file, flags, name, verb, line }: Called): Promise<ExitCode> {
  let reporter: Reporter | undefined
  const open = () => {
    const sinks = openSinks({ json: line.options.json, diff: false, verbosity: line.options.verbosity })
    return openReporter({ run: name, playbook: file, sinks })
  }
  // Whoever asks for passwords is told of those that settings name; of runs, settings say nothing.
  const options = takes(verb, 'vaultIds') ? withSettings(line.options, loadSettings()) : line.options
  const context: VerbCall = {
    words: line.words,
    passthrough: line.passthrough,
    options,
    report: (title, data) => (reporter ??= open()).emit({ type: 'report', name: title, data }),
    print: (title, text) => {
      if (line.options.json) context.report(title, text)
      else process.stdout.write(`${text}\n`)
    },
    play: (playbook) => runCommand(playbook, file, flags, parseCommandLine),
  }
  try {
    return await verb.run(context as Parameters<Verb['run']>[0])
  } finally {
    reporter?.close()
  }
}

function grammarOf({ verbs }: Verbs, name: string, verb: Verb | undefined): Grammar {
  const helps = Object.entries(verbs).map(([name, { help }]) => [name, help])
  return {
    verbs: Object.fromEntries(helps) as Record<string, string>,
    takes: { name, flags: verb === undefined ? flagNames : flagsOf(verb) },
    ...(verb?.words === undefined ? {} : { positionals: verb.words }),
    ...(verb?.passthrough === undefined ? {} : { passthrough: verb.passthrough }),
  }
}

function takes({ flags: own = [] }: Verb, name: FlagName): boolean {
  return own.includes(name)
}

function flagsOf({ flags: own = [] }: Verb) {
  return flagNames.filter((name) => own.includes(name) || flagsOfEveryVerb.some((every) => every === name))
}

/** Of one verb where one is named, else of all of them. */
function help({ title, asFlags, verbs }: Verbs, file: string, name: string, verb: Verb | undefined): string {
  const command = `npx tsx ${file}`
  const dashes = asFlags ? '--' : ''
  const paint = paintFor(process.stdout)
  if (verb !== undefined) {
    const { words = [], passthrough } = verb
    const grammar = { positionals: words, ...(passthrough === undefined ? {} : { passthrough }) }
    return helpText({
      title: verb.help,
      command: `${command} ${dashes}${name}`,
      grammar,
      paint,
      flags: flagsOf(verb),
    })
  }
  const rows = Object.entries(verbs).map(([each, { help, words = [] }]) => [
    [dashes + each, ...words.map(wordName)].join(' '),
    help,
  ])
  const all = Object.values(verbs).flatMap(flagsOf)
  return helpText({
    title,
    command: `${command} ${dashes}VERB`,
    grammar: {},
    verbs: Object.fromEntries(rows) as Record<string, string>,
    paint,
    flags: flagNames.filter((flag) => all.includes(flag)),
  })
}
