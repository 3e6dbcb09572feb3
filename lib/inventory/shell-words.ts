/** Why a line cannot be split into words. */
export class UnclosedQuote extends Error {
  override readonly name = 'UnclosedQuote'
}

export interface ShellWords {
  readonly words: readonly string[]
  /** Whether a `#` cut the line in the middle of a word, as Python's shlex has it. */
  readonly cutInWord: boolean
}

/** Splits a line as Python's `shlex.split(line, comments=True)` does, to the letter. */
export function shellWords(line: string): ShellWords {
  // Most lines of a large inventory are as plain as that.
  if (!/[#\\"']/.test(line)) return { words: line.match(/[^ \t\r\n]+/g) ?? [], cutInWord: false }
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? ''
    if (/[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (char === '#') {
      const cutInWord = word !== undefined
      if (word !== undefined) words.push(word)
      return { words, cutInWord }
    } else if (char === '\\') {
      at++
      if (at >= line.length) throw new UnclosedQuote('a backslash stands at the end of the line')
      word = (word ?? '') + (line[at] ?? '')
    } else if (char === '"' || char === "'") {
      const quoted = quotedPart(line, at)
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else {
      word = (word ?? '') + char
    }
  }
  if (word !== undefined) words.push(word)
  return { words, cutInWord: false }
}

/** Inside double quotes a backslash takes effect before a quote or a backslash only; inside single ones never. */
function quotedPart(line: string, start: number): { readonly text: string; readonly end: number } {
  const quote = line[start]
  let text = ''
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at] ?? ''
    const next = line[at + 1]
    if (char === quote) return { text, end: at }
    if (quote === '"' && char === '\\' && (next === '"' || next === '\\')) {
      text += next
      at++
    } else {
      text += char
    }
  }
  throw new UnclosedQuote(`the quote ${quote} in column ${start + 1} is not closed`)
}
