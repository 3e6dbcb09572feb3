import type { Read } from './python-literal.ts'

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
}

/** A string in Python's notation: prefixes, triple quotes and escapes; an f-string is no literal. */
export function stringAt(text: string, at: number): Read<string> | undefined {
  const opening = /^([uU]|[rR][bB]?|[bB][rR]?)?('''|"""|'|")/.exec(text.slice(at))
  const quote = opening?.[2]
  if (opening === null || quote === undefined) return undefined
  const isRaw = /r/i.test(opening[1] ?? '')
  let value = ''
  for (let next = at + opening[0].length; next < text.length;) {
    if (text.startsWith(quote, next)) return { value, end: next + quote.length }
    if (text[next] !== '\\') {
      value += text[next]
      next++
    } else if (isRaw) {
      value += text.slice(next, next + 2)
      next += 2
    } else {
      const escape = escapeAt(text, next)
      if (escape === undefined) return undefined
      value += escape.value
      next = escape.end
    }
  }
  return undefined
}

/** What a backslash stands for; unknown ones stay as they are, as in Python. */
function escapeAt(text: string, at: number): Read<string> | undefined {
  const rest = text.slice(at + 1)
  const code = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/.exec(rest)
  if (code !== null)
    return character(parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16), at + 1 + code[0].length)
  const octal = /^[0-7]{1,3}/.exec(rest)?.[0]
  if (octal !== undefined) return character(parseInt(octal, 8), at + 1 + octal.length)
  if (/^[xuUN]/.test(rest) || rest === '') return undefined
  const simple = simpleEscapes[rest[0] ?? '']
  return { value: simple ?? `\\${rest[0]}`, end: at + 2 }
}

function character(code: number, end: number): Read<string> | undefined {
  return code > 0x10ffff ? undefined : { value: String.fromCodePoint(code), end }
}
