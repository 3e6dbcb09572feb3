import { UserError } from '../errors.ts'
import { written, type Takes } from './flag.ts'
import { flagNames, flags, type FlagName, type Options, type Values } from './flags.ts'
import type { FoundFlag } from './tokens.ts'

type Found = readonly (string | undefined)[]

/** How what was found of a flag becomes its value, by what it takes. */
const readers: { readonly [T in Takes]: (found: Found, name: FlagName) => Values[T] } = {
  switch: (found) => found.length > 0,
  count: (found) => found.length,
  text: (found, name) => lastText(found, name),
  number: (found, name) => {
    const text = lastText(found, name)
    return text === undefined ? undefined : wholeNumber(text, name)
  },
  texts: (found, name) => found.map((text) => filled(text, name)),
  list: (found, name) =>
    [...new Set(found.flatMap((text) => filled(text, name).split(',')).map((one) => one.trim()))].filter(
      Boolean,
    ),
  optional: (found) => (found.length === 0 ? undefined : (found.at(-1) ?? true)),
}

/** The value of every flag, given or not. */
export function readOptions(found: readonly FoundFlag[]): Options {
  const entries = flagNames.map((name) => {
    const values = found.filter((one) => one.name === name).map(({ value }) => value)
    return [name, readers[flags[name].takes](values, name)] as const
  })
  return Object.fromEntries(entries) as unknown as Options
}

function lastText(found: Found, name: FlagName): string | undefined {
  return found.length === 0 ? undefined : filled(found.at(-1), name)
}

function filled(text: string | undefined, name: FlagName): string {
  if (text !== undefined && text.trim() !== '') return text
  throw new UserError(
    `${written(flags[name])} was given an empty value.`,
    `Leave ${written(flags[name])} away, or give it a value. Is a shell variable unset?`,
  )
}

function wholeNumber(text: string, name: FlagName): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number > 0) return number
  throw new UserError(
    `${written(flags[name])} wants a whole number of at least 1, and was given "${text}".`,
    `Write for example ${written(flags[name])} 10.`,
  )
}
