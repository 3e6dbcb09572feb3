import { UserError } from '../errors.ts'

type Size = number | `${number}%`

/** How many hosts at a time: a number, a part of the stage's hosts, or a list of them whose last item repeats. */
export type Serial = Size | readonly Size[]

/** How many hosts go first, alone: a number or a part of the stage's hosts. */
export type Canary = Size

export interface InBatches {
  readonly serial?: Serial
  readonly canary?: Canary
}

/** Splits the hosts of a stage into batches, in order; a part is at least one host. */
export function batches(
  hosts: readonly string[],
  { serial, canary }: InBatches,
): readonly (readonly string[])[] {
  const size = (option: string, of: Size) => sizeOf(option, of, hosts.length)
  const first = canary === undefined ? [] : [size('canary', canary)]
  const then = sizesOf(serial).map((part) => size('serial', part))
  const sizes = [...first, ...then]
  const parts: string[][] = []
  for (let start = 0; start < hosts.length;) {
    const end = start + (sizes[parts.length] ?? then.at(-1) ?? hosts.length)
    parts.push(hosts.slice(start, end))
    start = end
  }
  return parts
}

function sizesOf(serial: Serial | undefined): readonly Size[] {
  if (serial === undefined) return []
  return typeof serial === 'object' ? serial : [serial]
}

function sizeOf(option: string, size: Size, count: number): number {
  const number = typeof size === 'number' ? size : Math.floor((Number.parseFloat(size) / 100) * count)
  if (!Number.isFinite(number) || (typeof size === 'number' && (!Number.isInteger(size) || size < 1))) {
    throw new UserError(
      `A stage has ${option}: ${JSON.stringify(size)}.`,
      'Give a whole number from 1, or a part such as "25%".',
    )
  }
  return Math.max(1, number)
}
