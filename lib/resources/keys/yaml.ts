import { isDeepStrictEqual } from 'node:util'
import { parseDocument, type Document } from 'yaml'
import {
  asJson,
  checkWay,
  isTable,
  printKey,
  SyntaxProblem,
  valueAt,
  withValue,
  type Key,
  type KeyFormat,
} from './format.ts'
import { indentIn, removalOf, settingOf, type Look } from './yaml-splice.ts'

/** Of `{}`; what is on one line stays so. */
const emptyLength = 3

/** What tells YAML from JSON, which is YAML too. */
interface Dialect {
  /** Refuses what only this one refuses. */
  check(text: string): void
  look(text: string): Look
  /** The whole again, where a key cannot be changed in its place. */
  rewrite(text: string, key: Key, value: unknown): string
}

/** YAML with one document, edited in place: comments, order and layout of the rest stay. */
export const yaml: KeyFormat = inDialect({
  check: () => {},
  look: (text) => ({ blocks: true, indent: indentIn(text, '  ').replaceAll('\t', '  ') }),
  rewrite(text, key, value) {
    const document = parseDocument(text)
    if (value === undefined) document.deleteIn(key)
    else document.setIn(key, document.createNode(value))
    return document.toString({ lineWidth: 0 })
  },
})

/** JSON, edited in place with its own indent. */
export const json: KeyFormat = inDialect({
  check(text) {
    try {
      if (text.trim() !== '') JSON.parse(text)
    } catch (error) {
      throw jsonProblem(text, error)
    }
  },
  look: (text) => ({
    blocks: false,
    indent: indentIn(text, text.trim().length < emptyLength ? '  ' : ''),
  }),
  rewrite(text, key, value) {
    const whole = JSON.stringify(withValue(JSON.parse(text), key, value), null, indentIn(text, ''))
    return text.endsWith('\n') ? `${whole}\n` : whole
  },
})

function inDialect(dialect: Dialect): KeyFormat {
  const edited = (text: string, key: Key, value: unknown) => edit(dialect, text, key, value)
  return {
    read(text) {
      const { root } = parse(dialect, text)
      return (key) => valueAt(root, key)
    },
    set: edited,
    remove: (text, key) => edited(text, key, undefined),
  }
}

/** Edits in place where the outcome says what is wanted and nothing else; else writes the whole again. */
function edit(dialect: Dialect, text: string, key: Key, value: unknown): string {
  const { root, document } = parse(dialect, text)
  checkWay(root, key)
  if (value === undefined && valueAt(root, key) === undefined) return text
  const wanted = asJson(withValue(root, key, value))
  const look = dialect.look(text)
  const splice =
    value === undefined
      ? removalOf(text, document, key, look)
      : settingOf(text, document, { key, value }, look)
  if (splice !== undefined) {
    const after = `${text.slice(0, splice.at)}${splice.by}${text.slice(splice.until)}`
    if (says(dialect, after, wanted)) return after
  }
  const whole = rewritten(dialect, text, key, value)
  if (whole !== undefined && says(dialect, whole, wanted)) return whole
  throw new TypeError(`${printKey(key)} cannot be changed without changing what else stands in the file.`)
}

/** Undefined where it cannot be written so, as a value that an alias elsewhere stands for. */
function rewritten(dialect: Dialect, text: string, key: Key, value: unknown): string | undefined {
  try {
    return dialect.rewrite(text, key, value)
  } catch {
    return undefined
  }
}

function says(dialect: Dialect, text: string, wanted: unknown): boolean {
  try {
    return isDeepStrictEqual(asJson(parse(dialect, text).root), wanted)
  } catch {
    return false
  }
}

function parse(dialect: Dialect, text: string): { readonly root: object; readonly document: Document } {
  dialect.check(text)
  const document = parseDocument(text)
  const [problem] = document.errors
  if (problem !== undefined) {
    const [what = ''] = problem.message.split(/ at line \d+, column/)
    const several = problem.code === 'MULTIPLE_DOCS'
    throw new SyntaxProblem(
      problem.linePos?.[0].line ?? 1,
      several ? 'one document was expected, and another one begins' : what,
    )
  }
  const root: unknown = document.toJS() ?? {}
  if (!isTable(root))
    throw new SyntaxProblem(1, 'keys with values were expected, and something else stands there')
  return { root, document }
}

function jsonProblem(text: string, error: unknown): SyntaxProblem {
  const { message } = error as SyntaxError
  const at = /at position (\d+)/.exec(message)?.[1]
  const before = text.slice(0, at === undefined ? text.trimEnd().length : Number(at))
  return new SyntaxProblem(before.split('\n').length, message.replace(/ (?:in JSON )?at position.*$/s, ''))
}
