/** Whether a word has something in it that a glob would not take literally. */
export function hasGlob(word: string): boolean {
  return /[?*[]/.test(word)
}

/** A shell glob, as Python's `fnmatch` has it, for whole names: `*`, `?`, `[a-c]`, `[!a-c]`. */
export function globExpression(glob: string): RegExp {
  const source = glob.replaceAll(/\[!?\]?[^\]]*\]|[\s\S]/gu, (part) => {
    if (part === '*') return '[\\s\\S]*'
    if (part === '?') return '[\\s\\S]'
    return part.length > 2 && part.startsWith('[') ? characterClass(part.slice(1, -1)) : literally(part)
  })
  return new RegExp(`^${source}$`, 'u')
}

/** A range that ends before it begins has nobody in it; that is no mistake to Python. */
function characterClass(inside: string): string {
  const negated = inside.startsWith('!')
  const members = membersOf(negated ? inside.slice(1) : inside)
  if (members === '') return negated ? '[\\s\\S]' : '(?!)'
  return `[${negated ? '^' : ''}${members}]`
}

function membersOf(text: string): string {
  const characters = Array.from(text)
  let members = ''
  for (let at = 0; at < characters.length; at++) {
    const [first = '', dash, last] = characters.slice(at, at + 3)
    if (dash !== '-' || last === undefined) {
      members += member(first)
      continue
    }
    if (first <= last) members += `${member(first)}-${member(last)}`
    at += 2
  }
  return members
}

function literally(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`)
}

function member(character: string): string {
  return character === '-' ? String.raw`\-` : literally(character)
}
