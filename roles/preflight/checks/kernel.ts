import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { compareVersions, releaseOf } from '../../../lib/cluster/versions.ts'
import * as messages from '../messages/index.ts'
import { modulesOf } from '../sought.ts'
import { fatal, mended, warning, type Check, type Found, type Subject } from '../subject.ts'
import { isOfKernel, verdictOf } from './system.ts'

/** The kernel, its cgroups and its modules: what Kubernetes uses of them is there, or can be had. */
export const kernel: Check = {
  name: 'kernel',
  judge: (subject) => [...onVersion(subject), ...onModules(subject)],
}

function onVersion(subject: Subject): readonly Found[] {
  const { name: host, survey } = subject
  const { verdict, kubernetes } = verdictOf(subject)
  const { release } = survey.kernel
  if (verdict.is === 'unknown') {
    const { kernel: least = '', cgroupV1 } = releaseOf(kubernetes) ?? {}
    const isOld = compareVersions(release, least) < 0
    const isRefused = survey.cgroup === 'v1' && cgroupV1 === 'refused'
    return [
      ...(isOld ? [fatal(messages.kernelIsOld({ host, release, least }))] : []),
      ...(isRefused ? [fatal(messages.cgroupIsOld({ host, kubernetes, refused: true }))] : []),
    ]
  }
  if (verdict.is === 'supported' || !isOfKernel(verdict.why)) return []
  const grade = verdict.is === 'refused' ? fatal : warning
  const { why } = verdict
  return [
    grade(
      why.key === 'kernel'
        ? messages.kernelIsOld({ host, release, least: why.wanted })
        : messages.cgroupIsOld({ host, kubernetes, refused: verdict.is === 'refused' }),
    ),
  ]
}

function onModules(subject: Subject): readonly Found[] {
  const { name: host, survey, configuration, tuning } = subject
  const wanted = modulesOf(configuration, tuning).filter((name) => !survey.modules.has(name))
  const missing = wanted.filter((name) => !survey.loadable.has(name))
  const loadable = wanted.filter((name) => survey.loadable.has(name))
  const task = tuning.kernelModules === 'managed' ? tuningTasks.kernelModules : undefined
  return [
    ...(missing.length === 0 ? [] : [fatal(messages.modulesAreMissing({ host, modules: missing }))]),
    ...(loadable.length === 0
      ? []
      : [
          mended(task, 'warning', (mends) =>
            messages.modulesAreToCome({ host, modules: loadable, task: mends }),
          ),
        ]),
  ]
}
