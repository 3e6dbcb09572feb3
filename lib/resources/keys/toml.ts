import { parse, patch } from '@decimalturn/toml-patch'
import { isDeepStrictEqual } from 'node:util'
import {
  asJson,
  checkWay,
  printKey,
  SyntaxProblem,
  valueAt,
  withValue,
  type Key,
  type KeyFormat,
} from './format.ts'

/** TOML, edited in place. */
export const toml: KeyFormat = {
  read(text) {
    const root = parsed(text)
    return (key) => valueAt(root, key)
  },
  set: edited,
  remove: (text, key) => edited(text, key, undefined),
}

function edited(text: string, key: Key, value: unknown): string {
  const root = parsed(text)
  checkWay(root, key)
  const wanted = withValue(root, key, value)
  const patched = patch(text, wanted)
  const open = patched !== '' && !patched.endsWith('\n') && (text === '' || text.endsWith('\n'))
  const after = open ? `${patched}\n` : patched
  if (isDeepStrictEqual(asJson(parsed(after)), asJson(wanted))) return after
  throw new TypeError(`${printKey(key)} cannot be changed without changing what else stands in the file.`)
}

function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof Error) || !('line' in error)) throw error
    const expected = error.message.split('\n').at(-1) ?? error.message
    throw new SyntaxProblem(Number(error.line), expected)
  }
}
