import { readFileSync } from 'node:fs'
import { UserError } from '../errors.ts'
import { splitPattern } from './split-pattern.ts'

/** The patterns of a `--limit`; `@FILE` stands for those in that file, one a line, without comments as in Ansible. */
export function limitPatterns(limit: string): readonly string[] {
  const terms = isFileAlone(limit) ? [limit.trim()] : splitPattern(limit)
  return terms.flatMap((term) => (term.startsWith('@') ? patternsIn(term.slice(1)) : [term]))
}

/** Its path may hold what separates patterns elsewhere. */
function isFileAlone(limit: string): boolean {
  return /^\s*@[^,]*$/.test(limit)
}

function patternsIn(file: string): readonly string[] {
  const patterns = read(file)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (patterns.length > 0) return patterns
  // No pattern at all would mean all hosts.
  throw new UserError(
    `The file ${file} of --limit names no host.`,
    'Write one pattern a line, or leave --limit away.',
  )
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new UserError(
      missing
        ? `There is no file ${file}, which --limit names.`
        : `The file ${file} of --limit cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      missing
        ? 'A run that ends well removes its retry file. Give another file, or the names of hosts.'
        : 'Give a file with one pattern a line.',
      { cause },
    )
  }
}
