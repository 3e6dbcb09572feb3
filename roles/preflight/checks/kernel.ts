import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { compareVersions, releaseOf } from '../../../lib/cluster/versions.ts'
import * as messages from '../messages/index.ts'
import { modulesOf } from '../sought.ts'
import { fatal, mended, warning, type Check, type Found, type Subject } from '../subject.ts'
import { objectionsTo } from './system.ts'

/** The kernel, its cgroups and its modules: what Kubernetes uses of them is there, or can be had. */
export const kernel: Check = {
  name: 'kernel',
  judge: (subject) => [...onVersion(subject), ...onModules(subject)],
}

function onVersion(subject: Subject): readonly Found[] {
  const { name: host, survey } = subject
  const { objections, kubernetes } = objectionsTo(subject)
  const { release } = survey.kernel
  if (objections.some(({ is }) => is === 'unknown')) {
    const { kernel: least = '', cgroupV1 } = releaseOf(kubernetes) ?? {}
    const isOld = compareVersions(release, least) < 0
    const isRefused = survey.cgroup === 'v1' && cgroupV1 === 'refused'
    return [
      ...(isOld ? [fatal(messages.kernelIsOld({ host, release, least }))] : []),
      ...(isRefused ? [fatal(messages.cgroupIsOld({ host, kubernetes, refused: true }))] : []),
    ]
  }
  return objections.flatMap(({ is, why }) => {
    const refused = is === 'refused'
    const grade = refused ? fatal : warning
    if (why.key === 'kernel') return grade(messages.kernelIsOld({ host, release, least: why.wanted }))
    return why.key === 'cgroupV1' ? grade(messages.cgroupIsOld({ host, kubernetes, refused })) : []
  })
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
