import { readFileSync } from 'node:fs'
import { dirname, extname, isAbsolute, join } from 'node:path'
import { redact } from '../secrets/redact.ts'
import { Secret } from '../secrets/secret.ts'
import { compile } from './compile.ts'
import { scopeOf } from './scope.ts'
import { MissingValue, StrictValues } from './strict-values.ts'
import { TemplateError } from './template-error.ts'
import { Unprintable } from './print.ts'

/**
 * Renders an ejs template. Whatever is undefined is an error, wherever it stands in an expression, and so is printing
 * anything but text, numbers and booleans; what may be missing is asked for first: `<% if ('mirror' in vars) { %>`.
 * A template that has read a secret becomes a secret.
 */
export function render(text: string, values: Record<string, unknown>, file: string): string | Secret {
  const run = new Rendering()
  const output = run.render(text, values, file, 0)
  return run.isSecret ? new Secret(output, file) : output
}

/** One call of `render`, with all the templates that it includes. */
class Rendering {
  isSecret = false
  readonly #strict = new StrictValues(() => (this.isSecret = true))

  render(text: string, values: Record<string, unknown>, file: string, depth: number): string {
    const include = (name: unknown, more: Record<string, unknown> = {}) =>
      this.#include(name, { ...values, ...more }, file, depth)
    const template = compile(text, file)
    try {
      return template(scopeOf(values, this.#strict, include))
    } catch (error) {
      throw this.#explained(error, text, file)
    }
  }

  #include(name: unknown, values: Record<string, unknown>, from: string, depth: number): string {
    if (typeof name !== 'string' || isAbsolute(name)) {
      throw new CannotInclude('include expects a path that starts at the folder of the template')
    }
    if (depth > 20) throw new CannotInclude(`"${name}" is included within itself`)
    const file = join(dirname(from), extname(name) === '' ? `${name}.ejs` : name)
    try {
      return this.render(contentOf(file), values, file, depth + 1)
    } catch (error) {
      // What passes through ejs gets a text put before its message.
      throw error instanceof TemplateError ? new Passing(error) : error
    }
  }

  #explained(error: unknown, text: string, file: string): TemplateError {
    if (error instanceof Passing) return error.error
    const line = lineOf(error, file)
    const at = { file, ...(line !== undefined && { line }) }
    const source = line === undefined ? '' : ` in: ${(text.split('\n')[line - 1] ?? '').trim()}`
    if (error instanceof MissingValue) {
      const advice = `Give the template a value for it; if it may be missing, ask first: ${question(error.expression)}.`
      return new TemplateError(at, `"${error.expression}" is not defined${source}`, advice)
    }
    if (error instanceof Unprintable) return new TemplateError(at, error.what + source, error.advice)
    // Messages of JavaScript quote values.
    const said = this.isSecret ? nameOf(error) : redact(messageOf(error))
    return new TemplateError(at, `${said}${source}`, 'Correct the template.')
  }
}

/** Carries an error of an included template through ejs. */
class Passing extends Error {
  readonly error: TemplateError
  constructor(error: TemplateError) {
    super()
    this.error = error
  }
}

class CannotInclude extends Error {}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CannotInclude(`${file} cannot be included: ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
}

/** ejs puts the file, the line and a piece of the template before the message. */
function lineOf(error: unknown, file: string): number | undefined {
  const message = error instanceof Error ? error.message : ''
  const line = message.startsWith(`${file}:`) ? /^\d+/.exec(message.slice(file.length + 1))?.[0] : undefined
  return line === undefined ? undefined : Number(line)
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is no error was thrown'
  return error.message.slice(error.message.lastIndexOf('\n\n')).trim()
}

function nameOf(error: unknown): string {
  return `${error instanceof Error ? error.name : 'something'} was thrown (not shown: the values hold a secret)`
}

/** `'b' in a` for `a.b`. */
function question(expression: string): string {
  const [, list] = /^(.+)\[[^\]]*\]$/.exec(expression) ?? []
  if (list !== undefined) return `${list}.length`
  const dot = expression.lastIndexOf('.')
  return `'${expression.slice(dot + 1)}' in ${dot < 0 ? 'locals' : expression.slice(0, dot)}`
}
