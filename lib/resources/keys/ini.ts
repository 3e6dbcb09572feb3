import { SyntaxProblem, type Key, type KeyFormat } from './format.ts'
import { linesOf, textOf } from '../text/text-lines.ts'

/** A line that sets something, with all that stands around its value. */
interface Setting {
  readonly index: number
  readonly section: string
  readonly name: string
  readonly before: string
  readonly value: string
  readonly after: string
}

interface Parsed {
  readonly lines: readonly string[]
  readonly ended: boolean
  readonly settings: readonly Setting[]
  /** By name: the lines of its headers. */
  readonly headers: ReadonlyMap<string, readonly number[]>
}

/** INI: the last name of a key is that of a setting, what stands before it is its section; every value is a text. */
export const ini: KeyFormat = {
  read(text) {
    const parsed = parse(text)
    return (key) => {
      const found = settingAt(parsed, key)
      if (found !== undefined) return found.value
      const section = key.join('.')
      if (!parsed.headers.has(section)) return undefined
      const own = parsed.settings.filter((setting) => setting.section === section)
      return Object.fromEntries(own.map(({ name, value }) => [name, value]))
    }
  },

  set(text, key, value) {
    const parsed = parse(text)
    const { lines, ended, settings } = parsed
    const { section, name } = placeOf(key)
    const written = printed(String(value))
    const found = settingAt(parsed, key)
    if (found !== undefined) {
      return textOf({ lines: lines.with(found.index, `${found.before}${written}${found.after}`), ended })
    }
    const like = settings.find((setting) => setting.section === section) ?? settings[0]
    const between = /\s*=\s*$/.exec(like?.before ?? '=')?.[0] ?? '='
    const line = `${/^\s*/.exec(like?.section === section ? like.before : '')?.[0] ?? ''}${name}${between}${written}`
    const last = settings.findLast((setting) => setting.section === section)?.index
    const header = parsed.headers.get(section)?.at(-1)
    if (last !== undefined || header !== undefined || section === '') {
      return textOf({
        lines: lines.toSpliced((last ?? header ?? -1) + 1, 0, line),
        ended: ended || last !== lines.length - 1,
      })
    }
    const gap = lines.length === 0 || lines.at(-1) === '' ? [] : ['']
    return textOf({ lines: [...lines, ...gap, `[${section}]`, line], ended: true })
  },

  remove(text, key) {
    const parsed = parse(text)
    const { lines, ended } = parsed
    const found = settingAt(parsed, key)
    const gone = found === undefined ? (parsed.headers.get(key.join('.')) ?? []) : [found.index]
    return textOf({ lines: lines.filter((_, index) => !gone.includes(index)), ended })
  },
}

function placeOf(key: Key): { readonly section: string; readonly name: string } {
  return { section: key.slice(0, -1).join('.'), name: key.at(-1) ?? '' }
}

function settingAt({ settings }: Parsed, key: Key): Setting | undefined {
  const { section, name } = placeOf(key)
  const found = settings.filter((setting) => setting.section === section && setting.name === name)
  const [first, second] = found
  if (second !== undefined) {
    throw new SyntaxProblem(
      second.index + 1,
      `${key.join('.')} stands there more than once, so it has no one value.`,
    )
  }
  return first
}

function parse(text: string): Parsed {
  const { lines, ended } = linesOf(text)
  const settings: Setting[] = []
  const headers = new Map<string, number[]>()
  let section = ''
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[(?<name>[^\]]*)\]\s*(?:[;#].*)?$/.exec(line)?.groups?.['name']
    if (/^\s*([;#].*)?$/.test(line)) continue
    if (header !== undefined) {
      section = header.trim()
      headers.set(section, [...(headers.get(section) ?? []), index])
    } else if (/^\s*\[/.test(line)) {
      throw new SyntaxProblem(index + 1, 'a section was expected to end with ]')
    } else settings.push({ index, section, ...settingIn(line, index) })
  }
  return { lines, ended, settings, headers }
}

// What follows a blank and ; or # is taken for a comment, unless the value is quoted.
function settingIn(line: string, index: number): Omit<Setting, 'index' | 'section'> {
  const parts =
    /^(?<before>\s*(?<name>[^=]*?)\s*=\s*)(?:"(?<quoted>[^"]*)"|(?<plain>.*?))(?<after>\s*|\s+[;#].*)$/.exec(
      line,
    )
  const { before = '', name = '', quoted, plain = '', after = '' } = parts?.groups ?? {}
  if (name === '') throw new SyntaxProblem(index + 1, 'name = value was expected')
  return { name, before, value: quoted ?? plain, after }
}

function printed(value: string): string {
  if (/[\n\r]/.test(value)) throw new TypeError('A value in an INI file cannot have more than one line.')
  return /^\s|\s$|\s[;#]|^["[]/.test(value) ? `"${value}"` : value
}
