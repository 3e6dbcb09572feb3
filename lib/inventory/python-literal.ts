import { numberAt } from './python-number.ts'
import { stringAt } from './python-string.ts'

/** A part of a text that was read, and where it ended. */
export interface Read<T> {
  readonly value: T
  readonly end: number
}

/**
 * What Python's `ast.literal_eval` makes of a text; undefined when that refuses it. A tuple and a set become a list.
 * Numbers that JavaScript cannot hold exactly, and complex ones, are left to be text.
 */
function pythonLiteral(text: string): { readonly value: unknown } | undefined {
  if (isTooDeep(text)) return undefined
  const start = skipSpace(text, 0)
  const first = valueAt(text, start)
  if (first === undefined) return undefined
  const read = text[skipSpace(text, first.end)] === ',' ? itemsAt(text, start, '') : first
  if (read === undefined) return undefined
  const rest = text.slice(skipSpace(text, read.end))
  return rest === '' || rest.startsWith('#') ? { value: read.value } : undefined
}

/** An inventory's typing of a value: a Python literal where it is one, else the text itself. */
export function pythonValue(text: string): unknown {
  if (isPlainWord(text)) return text
  const literal = pythonLiteral(text)
  return literal === undefined ? text : literal.value
}

/** A word that is neither a constant nor the prefix of a string. */
function isPlainWord(text: string): boolean {
  return /^[a-zA-Z][\w./:-]*$/.test(text) && !/^(?:True|False|None)$/.test(text)
}

/** Python refuses what is nested deeper. */
const deepest = 200

function isTooDeep(text: string): boolean {
  let depth = 0
  for (const char of text) {
    if ('[({'.includes(char)) depth++
    if (depth >= deepest) return true
    if ('])}'.includes(char)) depth--
  }
  return false
}

const constants = { True: true, False: false, None: null } as const

function valueAt(text: string, at: number): Read<unknown> | undefined {
  const char = text[at]
  if (char === '[') return itemsAt(text, at + 1, ']')
  if (char === '(') return parenthesised(text, at + 1)
  if (char === '{') return bracedAt(text, at + 1)
  const constant = /^(?:True|False|None)(?!\w)/.exec(text.slice(at))?.[0] as
    | keyof typeof constants
    | undefined
  if (constant !== undefined) return { value: constants[constant], end: at + constant.length }
  return stringsAt(text, at) ?? numberAt(text, at)
}

/** Strings that follow each other are one. */
function stringsAt(text: string, at: number): Read<string> | undefined {
  let read = stringAt(text, at)
  for (let next = read; next !== undefined && read !== undefined;) {
    next = stringAt(text, skipSpace(text, read.end))
    if (next !== undefined) read = { value: read.value + next.value, end: next.end }
  }
  return read
}

/** `(1)` is 1, `(1,)` is a list of it. */
function parenthesised(text: string, at: number): Read<unknown> | undefined {
  const items = itemsAt(text, at, ')')
  if (items === undefined || items.value.length !== 1) return items
  const beforeEnd = text.slice(0, items.end - 1).trimEnd()
  return beforeEnd.endsWith(',') ? items : { value: items.value[0], end: items.end }
}

/** Values with commas between them, up to the closing bracket; the end of the text when that is empty. */
function itemsAt(text: string, start: number, close: string): Read<unknown[]> | undefined {
  const value: unknown[] = []
  for (let at = skipSpace(text, start); ;) {
    if (endsAt(text, at, close)) return { value, end: at + close.length }
    const item = valueAt(text, at)
    if (item === undefined) return undefined
    value.push(item.value)
    at = skipSpace(text, item.end)
    if (text[at] === ',') at = skipSpace(text, at + 1)
    else if (!endsAt(text, at, close)) return undefined
  }
}

/** A map, or a set. By the first thing in it, which is read once: what is nested would be read twice at each depth. */
function bracedAt(text: string, start: number): Read<unknown> | undefined {
  const at = skipSpace(text, start)
  if (text[at] === '}') return { value: {}, end: at + 1 }
  const first = valueAt(text, at)
  // Lists and maps cannot be compared, so they are in no set, and no keys.
  if (first === undefined || typeof first.value === 'object') return undefined
  return text[skipSpace(text, first.end)] === ':' ? mapAt(text, start) : itemsAt(text, start, '}')
}

function mapAt(text: string, start: number): Read<Record<string, unknown>> | undefined {
  const entries: [string, unknown][] = []
  for (let at = skipSpace(text, start); ;) {
    if (text[at] === '}') return { value: Object.fromEntries(entries), end: at + 1 }
    const key = valueAt(text, at)
    if (key === undefined || !isKey(key.value)) return undefined
    at = skipSpace(text, key.end)
    if (text[at] !== ':') return undefined
    const value = valueAt(text, skipSpace(text, at + 1))
    if (value === undefined) return undefined
    entries.push([String(key.value), value.value])
    at = skipSpace(text, value.end)
    if (text[at] === ',') at = skipSpace(text, at + 1)
    else if (text[at] !== '}') return undefined
  }
}

function isKey(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

function endsAt(text: string, at: number, close: string): boolean {
  return close === '' ? at >= text.length || text[at] === '#' : text[at] === close
}

function skipSpace(text: string, at: number): number {
  let next = at
  while (/[ \t\f]/.test(text[next] ?? '')) next++
  return next
}
