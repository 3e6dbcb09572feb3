import { stripVTControlCharacters } from 'node:util'

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
const invisible = /\p{Mark}|\u200b|\u200d|\ufe0f/u
const control = /(?!\n)\p{Cc}|\p{Bidi_Control}/gu

/** Text from a host, made harmless for a terminal: no escape sequence, no control character but the line feed. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\t', '    ').replaceAll(control, '')
}

/** How many columns a text takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of stripVTControlCharacters(text)) columns += columnsOfOne(character)
  return columns
}

/** The text, cut with an ellipsis where it is wider than that; it must hold no escape sequences. */
export function fit(text: string, width: number): string {
  if (columnsOf(text) <= width) return text
  let cut = ''
  let columns = 1
  for (const character of text) {
    columns += columnsOfOne(character)
    if (columns > width) break
    cut += character
  }
  return width < 1 ? '' : `${cut.trimEnd()}…`
}

/** The text with spaces after it up to that width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)))
}

/** Lines broken between words where they are wider than that, what stood indented staying so. */
export function wrap(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const indent = /^\s*/.exec(line)?.[0] ?? ''
    const lines: string[] = []
    let current = ''
    for (const word of line.trim().split(' ')) {
      const longer = current === '' ? indent + word : `${current} ${word}`
      if (columnsOf(longer) > width && current !== '') {
        lines.push(current)
        current = indent + word
      } else current = longer
    }
    return [...lines, current]
  })
}

function columnsOfOne(character: string): number {
  if (invisible.test(character)) return 0
  return wide.test(character) ? 2 : 1
}
