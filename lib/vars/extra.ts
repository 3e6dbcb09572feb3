import { UserError } from '../errors.ts'
import { locate, type Variables } from '../inventory/located.ts'
import { localPath } from './local-path.ts'
import type { Sources } from './sources.ts'
import { readVariables } from './vars-files.ts'
import { parseVariables } from './yaml-file.ts'

const commandLine = { file: 'command line' }

/** One `-e`: `k=v k2="a b"`, whose values are text; JSON or YAML in braces; `@file`. */
export async function parseExtra(text: string, sources: Sources): Promise<Variables> {
  const trimmed = text.trim()
  if (trimmed.startsWith('@')) return readVariables(localPath(trimmed.slice(1)), sources)
  if (/^[/.]/.test(trimmed)) {
    throw new UserError(
      `-e expects name=value, JSON or @FILE, found what looks like a file: ${trimmed}`,
      `Write -e @${trimmed}`,
    )
  }
  if (/^[{[]/.test(trimmed)) return fromCommandLine(await parseVariables(trimmed, commandLine.file))
  return new Map(assignments(trimmed).map(([name, value]) => [name, locate(name, value, commandLine)]))
}

/** The place within an argument tells nobody anything. */
function fromCommandLine(variables: Variables): Variables {
  return new Map(
    [...variables].map(([name, { value, written }]) => [name, locate(name, value, commandLine, written)]),
  )
}

function assignments(text: string): readonly (readonly [string, string])[] {
  return splitUnquoted(text).map((word) => {
    const equals = word.indexOf('=', 1)
    if (equals < 0) {
      const many = 'Write no spaces around the =, and quotes around a value that holds spaces.'
      throw new UserError('-e expects name=value, and found a word without "=".', many)
    }
    return [word.slice(0, equals).trim(), unescaped(unquoted(word.slice(equals + 1).trim()))]
  })
}

/** Splits at white space outside of quotes and of `{{ }}`, and leaves the quotes. */
function splitUnquoted(text: string): readonly string[] {
  const words: string[] = []
  let quote = ''
  let word = ''
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? ''
    const isQuote = (char === '"' || char === "'") && text[index - 1] !== '\\'
    if (isQuote && (quote === '' || quote === char)) quote = quote === '' ? char : ''
    if (quote === '' && /\s/.test(char) && !isInBraces(word)) {
      if (word !== '') words.push(word)
      word = ''
    } else {
      word += char
    }
  }
  if (quote !== '') {
    throw new UserError(
      `-e holds a quote ${quote} that is not closed.`,
      'Quote the whole for your shell as well.',
    )
  }
  return word === '' ? words : [...words, word]
}

function isInBraces(word: string): boolean {
  return word.split('{{').length > word.split('}}').length
}

function unquoted(value: string): string {
  const [first] = value
  const isQuoted = value.length > 1 && (first === '"' || first === "'") && value.endsWith(first)
  return isQuoted && value.at(-2) !== '\\' ? value.slice(1, -1) : value
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

function unescaped(value: string): string {
  return value.replaceAll(/\\([ntr\\"'])/g, (_, char: string) => escapes[char] ?? char)
}
