import { machineVerdict, verdictsOn, type Advice, type Objection } from '../../../lib/cluster/systems.ts'
import { minorOf, newestMinor } from '../../../lib/cluster/versions.ts'
import * as messages from '../messages/index.ts'
import { fatal, warning, type Check, type Found, type Subject } from '../subject.ts'

/** The system and the machine, against what the version of Kubernetes and its distribution run on. */
export const system: Check = {
  name: 'system',
  judge: (subject) => [...onSystem(subject), ...onMachine(subject)],
}

/** What is to be said against the system; of the kernel and its cgroups, the check of that name tells. */
export function objectionsTo({ survey, configuration }: Subject) {
  const minor = minorOf(configuration.kubernetes.version ?? newestMinor) ?? newestMinor
  const { id = 'a system without os-release', version = '' } = survey.os ?? {}
  const kernel = /^[\d.]+\d/.exec(survey.kernel.release)?.[0]
  const found = { id, version, cgroup: survey.cgroup === 'v2' ? 2 : 1, ...(kernel && { kernel }) } as const
  return { objections: verdictsOn(found, minor), system: `${id} ${version}`.trim(), kubernetes: minor }
}

function onSystem(subject: Subject): readonly Found[] {
  const { objections, system: named, kubernetes } = objectionsTo(subject)
  const about = { host: subject.name, system: named, kubernetes }
  return objections.filter(isOfSystem).map(({ why, advice }) => {
    const known = knownIn(advice)
    if (why.key === 'endOfLife') return warning(messages.systemIsOld({ ...about, since: why.since, known }))
    // A version that is not known yet is not refused for that.
    const grade = why.key === 'unknownVersion' ? warning : fatal
    return grade(messages.systemIsUnknown({ ...about, known }))
  })
}

function onMachine({ name: host, survey, configuration }: Subject): readonly Found[] {
  const { distribution } = configuration.kubernetes
  const { machine } = survey.kernel
  const verdict = machineVerdict(machine, distribution)
  if (verdict.is === 'supported') return []
  return [fatal(messages.machineIsRefused({ host, machine, distribution, known: knownIn(verdict.advice) }))]
}

function isOfSystem({ why }: Objection): boolean {
  return why.key !== 'kernel' && why.key !== 'cgroupV1'
}

function knownIn(advice: Advice): readonly string[] {
  if ('versions' in advice) return advice.versions
  if ('systems' in advice) return advice.systems
  if ('distributions' in advice) return advice.distributions
  return 'machines' in advice ? advice.machines : []
}
