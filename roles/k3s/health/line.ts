export type Grade = 'ok' | 'warning' | 'fatal'

/** One line of the report on the health of a cluster. */
export interface HealthLine {
  readonly grade: Grade
  readonly about:
    | 'host'
    | 'service'
    | 'API'
    | 'cluster'
    | 'node'
    | 'etcd'
    | 'workloads'
    | 'certificates'
    | 'disk'
  /** The host, node or workload that it is about; the whole cluster where it is none. */
  readonly name: string
  readonly found: string
  /** What is left: days of certificates, percent of disks. */
  readonly left?: number
  readonly advice?: string
}

/** From where on something is worth a word, and from where on it is a failure. */
export const thresholds = {
  /** k3s renews its certificates as it starts, from 120 days before their end; these were passed over. */
  certificateDays: { warning: 90, fatal: 14 },
  /** The kubelet gives pods away when less is free than it was told, which is 5 or 15 percent by default. */
  diskPercent: { warning: 15, fatal: 5 },
} as const

/** Below which of the two it is. */
export function gradeOf(left: number, { warning, fatal }: { warning: number; fatal: number }): Grade {
  return left < fatal ? 'fatal' : left < warning ? 'warning' : 'ok'
}

/** The gravest first, else in order. */
export function gravestFirst(lines: readonly HealthLine[]): readonly HealthLine[] {
  const grades: readonly Grade[] = ['fatal', 'warning', 'ok']
  return lines.toSorted((a, b) => grades.indexOf(a.grade) - grades.indexOf(b.grade))
}

/** What is wrong, in a sentence; undefined where nothing is. */
export function whatIsWrong(lines: readonly HealthLine[]): string | undefined {
  const fatal = lines.filter(({ grade }) => grade === 'fatal')
  if (fatal.length === 0) return undefined
  const what = fatal.map(({ about, name }) => (name === about ? about : `${about} ${name}`))
  const named = [...new Set(what)]
  const more = named.length - mostNamed
  const all = more > 0 ? `${named.slice(0, mostNamed).join(', ')} and ${more} more` : named.join(', ')
  return `The cluster is not well: ${all}.`
}

const mostNamed = 6
