import { UserError } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import { foreignFlags } from './foreign-flags.ts'
import { needsValue, written, type Flag } from './flag.ts'
import { flagNames, flags, type FlagName } from './flags.ts'

/** A flag as it was found; without a value where none stood there. */
export interface FoundFlag {
  readonly name: FlagName
  readonly value?: string
}

export interface Tokens {
  readonly flags: readonly FoundFlag[]
  readonly words: readonly string[]
  /** Where the words stand. */
  readonly places: readonly number[]
  /** What stood after `--`; undefined where no `--` stood. */
  readonly rest?: readonly string[]
}

const seeHelp = 'Run it with --help to see all flags.'

/**
 * Splits a command line as Ansible does: `-i FILE`, `-iFILE`, `--inventory FILE`, `--inventory=FILE`, `-bK`, `-vvv`,
 * flags before and after words. Abbreviated flags are refused.
 * @param keepWord says of a word that it never is the value of a flag that may stand alone: a verb.
 */
export function tokenize(argv: readonly string[], keepWord: (word: string) => boolean): Tokens {
  const found: FoundFlag[] = []
  const words: string[] = []
  const places: number[] = []
  for (let at = 0; at < argv.length; at++) {
    const arg = argv[at] ?? ''
    if (arg === '--') return { flags: found, words, places, rest: argv.slice(at + 1) }
    if (!looksLikeFlag(arg)) {
      words.push(arg)
      places.push(at)
      continue
    }
    const read = arg.startsWith('--') ? [long(arg)] : letters(arg)
    const last = read.at(-1)
    const following = argv[at + 1]
    if (last !== undefined && last.value === undefined && takesFollowing(last.name, following, keepWord)) {
      read[read.length - 1] = { name: last.name, value: following ?? '' }
      at++
    }
    for (const one of read) found.push(checked(one))
  }
  return { flags: found, words, places }
}

function looksLikeFlag(arg: string): boolean {
  return arg.startsWith('-') && arg !== '-'
}

function takesFollowing(
  name: FlagName,
  following: string | undefined,
  keepWord: (word: string) => boolean,
): boolean {
  if (following === undefined || looksLikeFlag(following)) return false
  const flag: Flag = flags[name]
  return needsValue(flag) || (flag.takes === 'optional' && !keepWord(following))
}

function long(arg: string): FoundFlag {
  const equals = arg.indexOf('=')
  const word = equals < 0 ? arg.slice(2) : arg.slice(2, equals)
  const name = flagNames.find((candidate) => flags[candidate].long.includes(word))
  if (name === undefined) throw unknownLong(word)
  return equals < 0 ? { name } : { name, value: arg.slice(equals + 1) }
}

/** Several letters after one dash; the first that takes a value takes all that follows. */
function letters(arg: string): FoundFlag[] {
  refuseLongNameWithOneDash(arg)
  const found: FoundFlag[] = []
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at] ?? ''
    const name = flagNames.find((candidate) => flags[candidate].short === letter)
    if (name === undefined) throw unknownLetter(letter, arg)
    const rest = arg.slice(at + 1)
    if ((needsValue(flags[name]) && rest !== '') || rest.startsWith('=')) {
      return [...found, { name, value: rest.replace(/^=/, '') }]
    }
    found.push({ name })
  }
  return found
}

/** `-check` would be `-c heck`, and the run that was to be tried out a real one. */
function refuseLongNameWithOneDash(arg: string): void {
  const word = arg.slice(1).split('=')[0] ?? ''
  if (word.length < 2 || !flagNames.some((name) => flags[name].long.includes(word))) return
  throw new UserError(`"${arg}" has one dash, which is for letters.`, `Write --${word} with two.`)
}

function checked(found: FoundFlag): FoundFlag {
  const flag: Flag = flags[found.name]
  if (needsValue(flag) && found.value === undefined) {
    throw new UserError(
      `${written(flag)} needs a value, and none follows it.`,
      `Write ${written(flag)} ${flag.value}; a value that begins with a dash goes as ${written(flag)}=${flag.value}.`,
    )
  }
  if ((flag.takes === 'switch' || flag.takes === 'count') && found.value !== undefined) {
    throw new UserError(
      `${written(flag)} takes no value, but was given "${found.value}".`,
      `Write ${written(flag)} alone.`,
    )
  }
  return found
}

function unknownLong(word: string): UserError {
  const all = flagNames.flatMap((name) => flags[name].long)
  const foreign = foreignFlags[word]
  const message = `There is no flag --${word}.`
  if (foreign !== undefined) return new UserError(message, foreign)
  const begun = flagNames.filter((name) => flags[name].long.some((full) => full.startsWith(word)))
  if (word !== '' && begun.length > 0) {
    const full = begun.map((name) => written(flags[name])).join(' or ')
    return new UserError(message, `Flags are not abbreviated: write ${full}.`)
  }
  const meant = nearest(word, all)
  return new UserError(message, meant === undefined ? seeHelp : `Did you mean --${meant}? ${seeHelp}`)
}

function unknownLetter(letter: string, arg: string): UserError {
  const message = arg.length > 2 ? `There is no flag -${letter} (in ${arg}).` : `There is no flag -${letter}.`
  const foreign = foreignFlags[letter]
  if (foreign !== undefined) return new UserError(message, foreign)
  const meant = flagNames.find((name) => flags[name].short?.toLowerCase() === letter.toLowerCase())
  if (meant === undefined) return new UserError(message, seeHelp)
  const flag: Flag = flags[meant]
  return new UserError(message, `Did you mean -${flag.short} (${written(flag)})? ${seeHelp}`)
}
