/** Whether a word has something in it that a glob would not take literally. */
export function hasGlob(word: string): boolean {
  return /[?*[]/.test(word)
}

/** A shell glob, as Python's `fnmatch` has it, for whole names: `*`, `?`, `[a-c]`, `[!a-c]`. */
export function globExpression(glob: string): RegExp {
  const source = glob.replaceAll(/\[!?\]?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '[\\s\\S]*'
    if (part === '?') return '[\\s\\S]'
    if (part.length > 1) return characterClass(part)
    return part.replace(/[$()*+./?[\\\]^{|}-]/, String.raw`\$&`)
  })
  return new RegExp(`^${source}$`)
}

function characterClass(part: string): string {
  const negated = part.startsWith('[!')
  const members = part.slice(negated ? 2 : 1, -1).replaceAll(/[\\[\]^]/g, String.raw`\$&`)
  return `[${negated ? '^' : ''}${members}]`
}
