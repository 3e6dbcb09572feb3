import type { Answer } from '../../../lib/host/host.ts'

/** What one fake program is given. */
export interface Call {
  /** The program's name and its arguments. */
  readonly words: readonly string[]
  readonly stdin: string
  /** Announces a write of its own, where a test may end the process. */
  readonly step: (what: string) => Promise<void>
}

/** A program: what it answers, and whether it may change the host; readers are all that a query reaches. */
export interface Program {
  readonly changes: boolean
  run(call: Call): Answer | Promise<Answer>
}

/** The program behind these words, where this part of the host knows it. */
export type Programs = (words: readonly string[]) => Program | undefined

export function said(stdout: string, code = 0): Answer {
  return { code, stdout, stderr: '' }
}

export function refused(stderr: string, code = 1): Answer {
  return { code, stdout: '', stderr: `${stderr}\n` }
}

export function reader(run: Program['run']): Program {
  return { changes: false, run }
}

export function changer(run: Program['run']): Program {
  return { changes: true, run }
}

/** Parts words into options that carry a value, flags, and the rest; `--option=value` counts as both. */
export function options(
  words: readonly string[],
  withValue: readonly string[],
): {
  readonly values: ReadonlyMap<string, string>
  readonly flags: ReadonlySet<string>
  readonly rest: readonly string[]
} {
  const values = new Map<string, string>()
  const flags = new Set<string>()
  const rest: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const equals = /^(?<name>--[\w-]+)=(?<value>.*)$/s.exec(word)?.groups
    if (word === '--') rest.push(...words.slice(at + 1))
    if (word === '--') break
    if (equals !== undefined) values.set(equals['name'] ?? '', equals['value'] ?? '')
    else if (withValue.includes(word)) values.set(word, words[++at] ?? '')
    else if (word.startsWith('-') && word !== '-') flags.add(word)
    else rest.push(word)
  }
  return { values, flags, rest }
}
