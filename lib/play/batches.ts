import { UserError } from '../errors.ts'

/** How many hosts at a time: a number, a part of the stage's hosts, or a list of them whose last item repeats. */
export type Serial = number | `${number}%` | readonly (number | `${number}%`)[]

/** Splits the hosts of a stage into batches, in order; a part is at least one host. */
export function batches(
  hosts: readonly string[],
  serial: Serial | undefined,
): readonly (readonly string[])[] {
  if (hosts.length === 0) return []
  if (serial === undefined) return [hosts]
  const sizes = (typeof serial === 'object' ? serial : [serial]).map((size) => sizeOf(size, hosts.length))
  const parts: string[][] = []
  for (let start = 0; start < hosts.length;) {
    const size = sizes[Math.min(parts.length, sizes.length - 1)] ?? hosts.length
    parts.push(hosts.slice(start, start + size))
    start += size
  }
  return parts
}

function sizeOf(size: number | string, count: number): number {
  const number = typeof size === 'number' ? size : Math.floor((Number.parseFloat(size) / 100) * count)
  if (!Number.isFinite(number) || (typeof size === 'number' && (!Number.isInteger(size) || size < 1))) {
    throw new UserError(
      `A stage has serial: ${JSON.stringify(size)}.`,
      'Give a whole number from 1, or a part such as "25%".',
    )
  }
  return Math.max(1, number)
}
