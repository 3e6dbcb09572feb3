/** One setting as it is written, in ssh_config or behind `-o`. */
export interface Line {
  /** In lower case. */
  readonly keyword: string
  /** What stands behind the keyword, split as OpenSSH splits it; undefined where a quote is not closed. */
  readonly words: readonly string[] | undefined
  /** The same as it is written, for what is a command. */
  readonly rest: string
}

/** The setting on a line; undefined where there is none. */
export function readLine(line: string): Line | undefined {
  // One equals sign may stand between the keyword and its value.
  const [, keyword = '', rest = ''] = /^\s*"?([^\s="]+)"?(?:\s*=\s*|\s*)(.*?)\s*$/s.exec(line) ?? []
  if (keyword === '' || keyword.startsWith('#')) return undefined
  return { keyword: keyword.toLowerCase(), words: splitWords(rest), rest }
}

/** As OpenSSH's `argv_split`: quotes of both kinds, few escapes, and a `#` that begins a word ends the line. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (word === undefined) {
      if (char === ' ' || char === '\t') continue
      if (char === '#') break
      word = ''
    }
    if (char === '\\' && escapes(text[at + 1], quote)) {
      at++
      word += text[at]
    } else if (quote === '' && (char === ' ' || char === '\t')) {
      words.push(word)
      word = undefined
    } else if (quote === '' && (char === '"' || char === "'")) quote = char
    else if (char === quote) quote = ''
    else word += char
  }
  if (word !== undefined) words.push(word)
  return quote === '' ? words : undefined
}

function escapes(next: string | undefined, quote: string): boolean {
  return next === '"' || next === "'" || next === '\\' || (quote === '' && next === ' ')
}
