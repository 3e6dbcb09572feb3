import { machineVerdict, verdictOn, type Advice, type Reason } from '../../../lib/cluster/systems.ts'
import { minorOf, newestMinor } from '../../../lib/cluster/versions.ts'
import * as messages from '../messages/index.ts'
import { fatal, warning, type Check, type Found, type Subject } from '../subject.ts'

/** The system and the machine, against what the version of Kubernetes and its distribution run on. */
export const system: Check = {
  name: 'system',
  judge: (subject) => [...onSystem(subject), ...onMachine(subject)],
}

/** The kernel and its cgroups are told of by the check of that name. */
export function verdictOf({ survey, configuration }: Subject) {
  const minor = minorOf(configuration.kubernetes.version ?? newestMinor) ?? newestMinor
  const { id = 'a system without os-release', version = '' } = survey.os ?? {}
  const kernel = /^[\d.]+\d/.exec(survey.kernel.release)?.[0]
  const found = { id, version, cgroup: survey.cgroup === 'v2' ? 2 : 1, ...(kernel && { kernel }) } as const
  return { verdict: verdictOn(found, minor), system: `${id} ${version}`.trim(), kubernetes: minor }
}

function onSystem(subject: Subject): readonly Found[] {
  const { name: host } = subject
  const { verdict, system: named, kubernetes } = verdictOf(subject)
  if (verdict.is === 'supported' || isOfKernel(verdict.why)) return []
  if (verdict.is === 'unknown') {
    // A version that is not known yet is not refused for that.
    const grade = verdict.why.key === 'unknownVersion' ? warning : fatal
    return [grade(messages.systemIsUnknown({ host, system: named, known: knownIn(verdict.advice) }))]
  }
  const since = verdict.why.key === 'endOfLife' ? verdict.why.since : ''
  return [
    warning(messages.systemIsOld({ host, system: named, kubernetes, since, known: knownIn(verdict.advice) })),
  ]
}

function onMachine({ name: host, survey, configuration }: Subject): readonly Found[] {
  const { distribution } = configuration.kubernetes
  const { machine } = survey.kernel
  const verdict = machineVerdict(machine, distribution)
  if (verdict.is === 'supported') return []
  return [fatal(messages.machineIsRefused({ host, machine, distribution, known: knownIn(verdict.advice) }))]
}

export function isOfKernel({ key }: Reason): boolean {
  return key === 'kernel' || key === 'cgroupV1'
}

function knownIn(advice: Advice): readonly string[] {
  if ('versions' in advice) return advice.versions
  if ('systems' in advice) return advice.systems
  if ('distributions' in advice) return advice.distributions
  return 'machines' in advice ? advice.machines : []
}
