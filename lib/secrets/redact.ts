import { FormIndex } from './form-index.ts'
import { formsOf } from './forms.ts'
import { knownSecrets, Secret } from './secret.ts'

const mask = '«secret»'
const maskedLine = '«a line with a secret»'

/** The text without any secret of this process, in whatever form it stands there. */
export function redact(text: string): string {
  return masked(text, () => false).text
}

/** The text without any line that holds a secret, or a part of one. */
export function redactLines(text: string): string {
  return redact(text)
    .split('\n')
    .map((line) => (line.includes(mask) ? maskedLine : line))
    .join('\n')
}

/** The same for all texts inside a value, keys as well; what is no plain data stays as it is. */
export function redactDeep(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (value instanceof Secret) return mask
  if (Array.isArray(value)) return value.map(redactDeep)
  if (value instanceof Error) return redactError(value)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactDeep(item)]))
}

/** Redacts text that arrives in pieces; a piece that may be the beginning of a secret waits for the next. */
export class Redactor {
  #held = ''

  push(chunk: string): string {
    const { text, rest } = masked(this.#held + chunk, (index, all, at) => index.isOpenAt(all, at))
    this.#held = rest
    return text
  }

  /** What still waited. */
  end(): string {
    const rest = redact(this.#held)
    this.#held = ''
    return rest
  }
}

type Stop = (index: FormIndex, text: string, at: number) => boolean

/** Masks the text up to where it has to stop, and gives the rest. */
function masked(text: string, stop: Stop): { readonly text: string; readonly rest: string } {
  const index = currentIndex()
  if (index === undefined) return { text, rest: '' }
  let result = ''
  let from = 0
  for (let at = 0; at < text.length;) {
    if (stop(index, text, at)) return { text: result + text.slice(from, at), rest: text.slice(at) }
    const length = index.lengthAt(text, at)
    if (length > 0) {
      result += text.slice(from, at) + mask
      from = at + length
    }
    at += Math.max(1, length)
  }
  return { text: result + text.slice(from), rest: '' }
}

const index = new FormIndex()
const indexed = new Set<string>()

/** With all that has become known since; undefined as long as there is no secret. */
function currentIndex(): FormIndex | undefined {
  const secrets = knownSecrets()
  if (secrets.size === 0) return undefined
  if (secrets.size > indexed.size) {
    for (const secret of secrets) {
      if (indexed.has(secret)) continue
      indexed.add(secret)
      if (!holdsAnother(secret, secrets)) formsOf(secret).forEach((form) => index.add(form))
    }
  }
  return index
}

/** A rendered file that holds a known secret is secret as a whole; in a text it is enough to find that secret. */
function holdsAnother(text: string, secrets: ReadonlySet<string>): boolean {
  if (!text.includes('\n')) return false
  for (const other of secrets) if (other.length >= 8 && other !== text && text.includes(other)) return true
  return false
}

function redactError(error: Error): unknown {
  const { name, message, stack, cause } = error
  const own = Object.fromEntries(Object.entries(error))
  return redactDeep({ ...own, name, message, ...(stack && { stack }), ...(cause !== undefined && { cause }) })
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
