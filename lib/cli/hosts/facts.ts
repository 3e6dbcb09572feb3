import { overviewScript, parseOverview, type Overview } from '../../host/facts/overview.ts'
import type { Outcome, Visit, Visited } from './script.ts'

const timeoutMs = 30_000

/** Asks the host for what one wants to know first of it, in one round trip. */
export async function askThere({ session, as }: Visit): Promise<Outcome<Overview>> {
  const options = { timeoutMs, ...(as === undefined ? {} : { as }) }
  const { code, stdout, stderr } = await session.run(overviewScript, options)
  if (code === 0) return { is: 'ok', value: parseOverview(stdout.toString()) }
  return {
    is: 'failed',
    message: `The host told nothing; it ended with ${code}: ${stderr.toString().trim()}`,
  }
}

/** Each host that answered, with all that it said: for programs. */
export function factsOf(visited: readonly Visited<Overview>[]) {
  return visited.flatMap(({ host, outcome }) => (outcome.is === 'ok' ? [{ host, ...outcome.value }] : []))
}

/** A row a host: for people. */
export function factsTable(visited: readonly Visited<Overview>[]) {
  return factsOf(visited).map(({ host, os, kernel, machine, cpus, memoryMb, disks, addresses, units }) => ({
    host,
    system: os === undefined ? '' : `${os.id} ${os.version}`,
    kernel: `${kernel} ${machine}`,
    cpus,
    memory: gigabytes(memoryMb),
    disks: disks
      .map(({ mount, sizeMb, freeMb }) => `${mount} ${gigabytes(freeMb)} of ${gigabytes(sizeMb)} free`)
      .join('; '),
    addresses: addresses.map(({ address }) => address).join(' '),
    units: units === undefined ? '' : [`${units.running} running`, ...failedIn(units)].join(', '),
  }))
}

function failedIn({ failed }: NonNullable<Overview['units']>): readonly string[] {
  return failed.length === 0 ? [] : [`failed: ${failed.join(' ')}`]
}

function gigabytes(mb: number): string {
  return `${(mb / 1024).toFixed(1)} GB`
}
