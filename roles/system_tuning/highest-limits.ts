import { defineFact } from '../../lib/host/fact.ts'

export interface Limits {
  readonly openFiles: number
  readonly processes: number
}

const paths = ['/proc/1/status', '/proc/1/limits']
/** CAP_SYS_RESOURCE: who has it may raise limits. */
const mayRaise = 1n << 24n

/** The most that anybody can get on the host: in some containers nobody gets more than the first process has. */
export const highestLimits = defineFact(
  'the highest limits',
  async (host): Promise<Limits> => {
    const [status, limits] = await host.readFiles(paths)
    if (status === undefined || limits === undefined)
      throw new Error(`${host.name} does not show ${paths.join(' and ')}, so nothing is known of its limits.`)
    return parseLimits(status.toString(), limits.toString())
  },
  { lasting: true, assumed: { openFiles: Infinity, processes: Infinity } },
)

/** Reads the capabilities and the hard limits of a process. */
export function parseLimits(status: string, limits: string): Limits {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'
  if ((BigInt(`0x${capabilities}`) & mayRaise) !== 0n) return { openFiles: Infinity, processes: Infinity }
  return { openFiles: hardLimit(limits, 'Max open files'), processes: hardLimit(limits, 'Max processes') }
}

/** As `Max open files            1024                 524288               files` has it. */
function hardLimit(limits: string, name: string): number {
  const hard = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, 'm').exec(limits)?.[1]
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard)
}
