/** A command with its arguments; `env` are the assignments before it. */
export interface SimpleCommand {
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** What has to be true of the command before it for this one to run. */
  readonly when: 'always' | 'success' | 'failure'
}

/** Understands quoting and `a && b || c; d`; undefined for anything a shell would have to be there for. */
export function parse(text: string): SimpleCommand[] | undefined {
  const tokens = tokenize(text)
  if (tokens === undefined) return undefined
  const commands: SimpleCommand[] = []
  let words: string[] = []
  let when: SimpleCommand['when'] = 'always'
  const end = () => {
    if (words.length > 0) commands.push(simple(words, when))
    words = []
  }
  for (const { text: word, operator } of tokens) {
    if (!operator) words.push(word)
    else {
      end()
      when = word === '&&' ? 'success' : word === '||' ? 'failure' : 'always'
    }
  }
  end()
  return commands
}

interface Token {
  readonly text: string
  readonly operator: boolean
}

const quoted =
  /'(?<single>[^']*)'|"(?<double>(?:[^"\\$`]|\\.)*)"|\\(?<escaped>[^])|(?<plain>[\w@%+=:,./~^!{}[\]*?-]+)/y

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const blank = /^(?:[ \t]+|2>\/dev\/null(?![^\s;]))/.exec(rest)
    const operator = /^(?:&&|\|\||;|\n)\s*/.exec(rest)
    if (blank !== null) at += blank[0].length
    else if (operator !== null) {
      tokens.push({ text: operator[0].trim() || ';', operator: true })
      at += operator[0].length
    } else {
      const word = wordAt(text, at)
      if (word === undefined) return undefined
      tokens.push({ text: word.text, operator: false })
      at = word.end
    }
  }
  return tokens
}

function wordAt(text: string, start: number): { text: string; end: number } | undefined {
  let word = ''
  let at = start
  while (at < text.length && !/[\s;]/.test(text[at] ?? '') && !/^(?:&&|\|\|)/.test(text.slice(at))) {
    quoted.lastIndex = at
    const part = quoted.exec(text)?.groups
    if (part === undefined) return undefined
    word +=
      part['single'] ??
      part['double']?.replaceAll(/\\(["\\$`])/g, '$1') ??
      part['escaped'] ??
      part['plain'] ??
      ''
    at = quoted.lastIndex
  }
  return { text: word, end: at }
}

function simple(words: readonly string[], when: SimpleCommand['when']): SimpleCommand {
  const env: Record<string, string> = {}
  let first = 0
  for (const word of words) {
    const assignment = /^(?<name>[A-Za-z_]\w*)=(?<value>.*)$/s.exec(word)?.groups
    if (assignment === undefined) break
    env[assignment['name'] ?? ''] = assignment['value'] ?? ''
    first++
  }
  return { words: words.slice(first), env, when }
}
