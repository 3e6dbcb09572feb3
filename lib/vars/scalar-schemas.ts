import { originText, type Located } from '../inventory/located.ts'
import { didYouMean } from '../inventory/nearest.ts'
import { Secret } from '../secrets/secret.ts'
import { isDuration, type Duration } from './duration.ts'
import { schema, Wrong, type Given, type Options, type Schema } from './schema-type.ts'

/** Any text. A number or a yes/no is taken as it was written, so that `1.30` stays `1.30`. */
export function string<const O extends Options<string>>(options?: O): Schema<Given<string, O>> {
  return schema<string, O>(
    { type: 'text', parse: (found) => textOf(found) ?? new Wrong('Write a text.') },
    options,
  )
}

interface Bounds {
  readonly min?: number
  readonly max?: number
}

export function int<const O extends Options<number> & Bounds>(options?: O): Schema<Given<number, O>> {
  const { min = -Infinity, max = Infinity } = options ?? {}
  const type = `whole number${boundsText(min, max)}`
  return schema<number, O>(
    {
      type,
      parse(found) {
        const number = wholeNumber(found)
        return number !== undefined && number >= min && number <= max ? number : new Wrong(`Write a ${type}.`)
      },
    },
    options,
  )
}

/** `true` or `false`; as text also what Ansible takes for them. */
export function bool<const O extends Options<boolean>>(options?: O): Schema<Given<boolean, O>> {
  return schema<boolean, O>(
    { type: 'true or false', parse: ({ value }) => booleanOf(value) ?? new Wrong('Write true or false.') },
    options,
  )
}

/** An absolute path on the host. */
export function path<const O extends Options<string>>(options?: O): Schema<Given<string, O>> {
  return schema<string, O>(
    {
      type: 'absolute path',
      parse(found) {
        const text = textOf(found)
        return text?.startsWith('/') === true ? text : new Wrong('Write a path that starts with /.')
      },
    },
    options,
  )
}

/** One of some words, with the options behind them: `oneOf('iptables', 'ipvs', { default: 'ipvs', doc: '…' })`. */
export function oneOf<const Choice extends string>(...choices: readonly Choice[]): Schema<Choice>
export function oneOf<const Args extends readonly [...string[], Options<string>]>(
  ...args: Args
): Schema<Given<Extract<Args[number], string>, Extract<Args[number], object>>>
export function oneOf(...args: readonly (string | Options<string>)[]): Schema<string | undefined> {
  const choices = args.filter((arg) => typeof arg === 'string')
  const options = args.find((arg) => typeof arg !== 'string')
  if (options?.default !== undefined && !choices.includes(options.default)) {
    throw new TypeError(`The default "${options.default}" is not one of ${choices.join(', ')}.`)
  }
  return schema<string, Options<string>>(
    {
      type: choices.map((choice) => JSON.stringify(choice)).join(' or '),
      parse(found) {
        const text = textOf(found) ?? ''
        return choices.includes(text) ? text : new Wrong(didYouMean(text, choices))
      },
    },
    options,
  )
}

/** A time span: `30s`, `2m`. */
export function duration<const O extends Options<Duration>>(options?: O): Schema<Given<Duration, O>> {
  return schema<Duration, O>(
    {
      type: 'duration',
      parse(found) {
        const text = textOf(found) ?? ''
        return isDuration(text) ? text : new Wrong('Write a number and its unit, like 500ms, 30s, 2m or 1h.')
      },
    },
    options,
  )
}

/** A value that cannot be printed. It has no default: a secret in the source is none. */
export function secret<const O extends Options<never>>(options?: O): Schema<Given<Secret, O>> {
  return schema<Secret, O>(
    {
      type: 'secret text',
      hidden: true,
      parse(found, at) {
        if (found.value instanceof Secret) return found.value
        const text = textOf(found)
        if (text === undefined || text === '') return new Wrong('Write a text that is not empty.')
        return new Secret(text, `${originText(found.origin)} (${at.join('.')})`)
      },
    },
    options,
  )
}

/** What was written, where that can be a text. */
export function textOf({ value, written, items, entries }: Located): string | undefined {
  if (typeof value === 'string') return value
  if (value === null || value instanceof Secret) return undefined
  if (items === undefined && entries === undefined) return written ?? JSON.stringify(value)
  return written
}

function wholeNumber({ value }: Located): number | undefined {
  const number =
    typeof value === 'string' && /^[-+]?\d[\d_]*$/.test(value) ? Number(value.replaceAll('_', '')) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

/** As Ansible reads a condition; undefined for anything else. */
export function booleanOf(value: unknown): boolean | undefined {
  const word = typeof value === 'string' ? value.toLowerCase() : value
  if (([true, 1, '1', 'true', 'yes', 'on', 'y', 't'] as unknown[]).includes(word)) return true
  if (([false, 0, '0', 'false', 'no', 'off', 'n', 'f'] as unknown[]).includes(word)) return false
  return undefined
}

function boundsText(min: number, max: number): string {
  if (min === -Infinity && max === Infinity) return ''
  if (max === Infinity) return ` of at least ${min}`
  return min === -Infinity ? ` of at most ${max}` : ` from ${min} to ${max}`
}
