import { reveal, Secret } from '../secrets/secret.ts'
import type { Environment } from './setting.ts'

/** A shell command line whose every value is quoted; the only form in which commands reach a host. */
export interface Command {
  readonly text: string
}

/** What a shell answers with where there is no such program. */
export const noProgram = 127

export type Word = string | number | Command | readonly (string | number)[]

/**
 * Builds a command: values are quoted, arrays become several words, a `Command` goes in as it is.
 * A secret or an undefined value is refused: the first would stand in a process list, the second in the wrong place.
 */
export function sh(parts: TemplateStringsArray, ...values: readonly Word[]): Command {
  let text = parts[0] ?? ''
  values.forEach((value, index) => {
    text += inserted(value, text) + (parts[index + 1] ?? '')
  })
  return { text: text.trim() }
}

/** One word for a POSIX shell, whatever it holds. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('A shell word cannot hold a NUL byte.')
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** Shell code that sets an environment; for what is sent to a shell, never for a command line. */
export function exported(env: Environment): string {
  return Object.entries(env)
    .map(([name, value]) => {
      if (!/^[A-Za-z_]\w*$/.test(name))
        throw new TypeError(`${JSON.stringify(name)} is no name of an environment variable.`)
      return `export ${name}=${quote(value instanceof Secret ? reveal(value) : value)}\n`
    })
    .join('')
}

function inserted(value: unknown, before: string): string {
  if (value instanceof Secret) {
    throw new TypeError(`The secret from ${value.source} cannot stand on a command line. Give it as stdin.`)
  }
  if (typeof value === 'string' || typeof value === 'number') return quote(String(value))
  if (Array.isArray(value)) return value.map((word) => inserted(word, before)).join(' ')
  if (typeof value === 'object' && value !== null && 'text' in value) return String(value.text)
  throw new TypeError(`A value in the command after "${before}" is ${String(value)}; a word was expected.`)
}
