import { isNode, type HostRole } from '../../../lib/cluster/host-roles.ts'
import { hasMemory, requirementsOf } from '../../../lib/cluster/requirements.ts'
import * as messages from '../messages/index.ts'
import { gigabytes } from '../sizes.ts'
import { fatal, warning, type Check, type Found, type Subject } from '../subject.ts'

/** Processors and memory, for what the host is. */
export const hardware: Check = {
  name: 'hardware',
  judge: (subject) => [...processors(subject), ...memory(subject)],
}

/** What a host has to have; one of no group is judged as an agent. */
export function requirements({ roles, configuration, all }: Subject) {
  const alone = all.filter((other) => isNode(other.roles)).length === 1
  return requirementsOf(roles.length === 0 ? ['agent'] : roles, configuration, { alone })
}

function processors(subject: Subject): readonly Found[] {
  const { name: host, survey } = subject
  const { least, advised } = requirements(subject).cpus
  const about = { host, what: 'cpus', found: `${survey.cpus}`, role: roleOf(subject, 'cpus') } as const
  if (survey.cpus < least) return [fatal(messages.tooLittle({ ...about, wanted: `${least}` }))]
  if (survey.cpus < advised) return [warning(messages.littleForWork({ ...about, wanted: `${advised}` }))]
  return []
}

function memory(subject: Subject): readonly Found[] {
  const { name: host, survey } = subject
  const { least, advised } = requirements(subject).memory
  const bytes = survey.memoryKb * 1024
  const about = { host, what: 'memory', found: gigabytes(bytes), role: roleOf(subject, 'memory') } as const
  if (!hasMemory(bytes, least)) return [fatal(messages.tooLittle({ ...about, wanted: gigabytes(least) }))]
  if (!hasMemory(bytes, advised))
    return [warning(messages.littleForWork({ ...about, wanted: gigabytes(advised) }))]
  return []
}

/** For which of its parts a host needs the most. */
function roleOf({ roles, configuration }: Subject, what: 'cpus' | 'memory'): HostRole {
  const needs = (role: HostRole) => requirementsOf([role], configuration)[what].advised
  return roles.toSorted((a, b) => needs(b) - needs(a))[0] ?? 'agent'
}
