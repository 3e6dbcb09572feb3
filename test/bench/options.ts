import { parseArgs } from 'node:util'
import type { Tool } from './tools/tool.ts'
import { tools } from './tools/tools.ts'
import type { Work } from './work.ts'
import { besides, compared } from './works/works.ts'

export interface Options {
  readonly works: readonly Work[]
  readonly tools: readonly Tool[]
  /** Instead of the numbers that each work names. */
  readonly hosts: readonly number[] | undefined
  readonly rounds: number
  readonly json: boolean
  /** The short form that every change is held to. */
  readonly quick: boolean
  /** Writes what docs and README show, or what the short form is held to. */
  readonly write: boolean
}

/** What is said on the command line; throws on what cannot be. */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      tools: { type: 'string' },
      hosts: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  const { only, hosts, rounds, json, quick, write } = values
  return {
    works: only === undefined ? compared : chosen([...compared, ...besides], only, 'work'),
    tools: values.tools === undefined ? tools : chosen(tools, values.tools, 'tool'),
    hosts: hosts?.split(',').map((text) => wholeNumber(text, '--hosts')),
    rounds: wholeNumber(rounds, '--rounds'),
    json,
    quick,
    write,
  }
}

function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  names: string,
  what: string,
): readonly T[] {
  return names.split(',').map((name) => {
    const found = all.find((one) => one.name === name)
    if (found !== undefined) return found
    throw new Error(`There is no ${what} ${name}: choose from ${all.map((one) => one.name).join(', ')}.`)
  })
}

function wholeNumber(text: string, flag: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${flag} takes a whole number from 1, not ${text}.`)
}
