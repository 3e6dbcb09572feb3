import type { Pod, Workload, Workloads } from '../../../lib/kube/workloads.ts'
import type { Grade, HealthLine } from './line.ts'

/** What of the workloads is not there, or does not run; that all is well in one line. */
export function workloadLines({ workloads, pods }: Workloads): readonly HealthLine[] {
  const short = workloads.filter(({ wanted, available }) => available < wanted)
  const ill = pods.filter(isIll)
  if (short.length + ill.length > 0) return [...short.map(workloadLine), ...ill.map(podLine)]
  const found = `${workloads.length} are available, ${pods.length} pods run or have ended well.`
  return [{ grade: 'ok', about: 'workloads', name: 'cluster', found }]
}

/** One that runs may wait to be started again. */
function isIll({ phase, reason }: Pod): boolean {
  if (phase === 'Succeeded') return false
  return phase !== 'Running' || reason !== undefined
}

function workloadLine({ kind, namespace, name, wanted, available }: Workload): HealthLine {
  return {
    grade: gradeIn(namespace),
    about: 'workloads',
    name: `${namespace}/${name}`,
    found: `${kind}: ${available} of ${wanted} available.`,
    advice: `kubectl -n ${namespace} describe ${kind.toLowerCase()} ${name}`,
  }
}

function podLine({ namespace, name, phase, reason, isReplaced }: Pod): HealthLine {
  const why = reason === undefined || reason === phase ? phase : `${phase}, ${reason}`
  // What a pod that has ended left to do is done by another one, which is counted with its workload.
  const isOver = phase === 'Failed' && isReplaced
  return {
    grade: isOver ? 'warning' : gradeIn(namespace),
    about: 'workloads',
    name: `${namespace}/${name}`,
    found: `Pod: ${why}.`,
    advice: `kubectl -n ${namespace} ${isOver ? 'delete' : 'describe'} pod ${name}`,
  }
}

/** Without what runs there, nothing else does. */
function gradeIn(namespace: string): Grade {
  return namespace === 'kube-system' ? 'fatal' : 'warning'
}
