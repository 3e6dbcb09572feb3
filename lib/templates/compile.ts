import { createRequire } from 'node:module'
import { Script } from 'node:vm'
import type * as Ejs from 'ejs'
import { print } from './print.ts'
import { TemplateError } from './template-error.ts'

type Template = (scope: object) => string

const require = createRequire(import.meta.url)
const nothing = Object.freeze({})
const compiled = new Map<string, Template>()

/** The function of a template, made once for all hosts that it is rendered for. */
export function compile(text: string, file: string): Template {
  const key = `${file}\0${text}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  const template = compileNew(text, file)
  compiled.set(key, template)
  return template
}

function compileNew(text: string, file: string): Template {
  // Needed by few commands, so it is not loaded before the first template.
  const ejs = require('ejs') as typeof Ejs
  // Both tags print the same; only the one that escapes lets the printing be checked.
  const checked = text.replaceAll(/<%%|<%-/g, (tag) => (tag === '<%-' ? '<%=' : tag))
  // Without a context of its own, `this` would be all of the process.
  const options = { filename: file, escape: print, unsafePrototypeLocals: true, context: nothing }
  try {
    return ejs.compile(checked, options) as Template
  } catch (cause) {
    const line = unclosedLine(checked, cause) ?? syntaxLine(ejs, checked, options)
    const [reason = ''] = (cause as Error).message.split(` in ${file}`)
    throw new TemplateError({ file, ...(line !== undefined && { line }) }, reason, 'Correct the template.', {
      cause,
    })
  }
}

const tags = /(<%%|%%>|<%[=_#-]?|[_-]?%>)/

/** The line of the tag that ejs takes for one that is not closed: right behind its content stands no end of a tag. */
function unclosedLine(text: string, error: unknown): number | undefined {
  if (!(error as Error).message.startsWith('Could not find matching close tag')) return undefined
  const parts = text.split(tags).filter((part) => part !== '')
  const open = parts.findIndex((part, index) => {
    return /^<%[=_#-]?$/.test(part) && !/^[_-]?%>$/.test(parts[index + 2] ?? '')
  })
  return parts.slice(0, open).join('').split('\n').length
}

/** The line that JavaScript cannot parse: the last one that ejs noted before the place in the code it made. */
function syntaxLine(ejs: typeof Ejs, text: string, options: Ejs.Options): number | undefined {
  const template = new ejs.Template(text, options) as Ejs.Template & {
    source: string
    generateSource(): void
  }
  template.generateSource()
  const code = `with ({}) {\n${template.source}\n}`
  try {
    void new Script(`(function () {${code}})`, { filename: 'template' })
    return undefined
  } catch (error) {
    const [, at = '0'] = /^template:(\d+)/.exec((error as Error).stack ?? '') ?? []
    const before = code.split('\n').slice(0, Number(at)).join('\n')
    return Number([...before.matchAll(/^ {4}; __line = (\d+)$/gm)].at(-1)?.[1] ?? 1)
  }
}
