import { defineFact, type Fact } from '../../../lib/host/fact.ts'
import { CommandFailed, type HostReader } from '../../../lib/host/host.ts'
import { kubeNodes, wordsOf, type KubeNode } from '../../../lib/kube/nodes.ts'
import { kubeWorkloads, type Workloads } from '../../../lib/kube/workloads.ts'
import type { HealthLine } from './line.ts'

export interface ClusterHealth extends Workloads {
  readonly nodes: readonly KubeNode[]
}

/** What the API says, or why it does not. */
export type Answered<T> =
  | { readonly is: 'told'; readonly told: T }
  | { readonly is: 'silent'; readonly why: string }

/** The cluster as one server sees it. */
export function clusterHealth(kubectl: string): Fact<Answered<ClusterHealth>> {
  return defineFact(`the health of the cluster by ${kubectl}`, async (host) =>
    answered(async () => {
      const nodes = await kubeNodes(kubectl).read(host)
      return { nodes, ...(await kubeWorkloads(kubectl).read(host)) }
    }),
  )
}

async function answered<T>(ask: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { is: 'told', told: await ask() }
  } catch (error) {
    return { is: 'silent', why: wordsOf(error) }
  }
}

/** What the API server of one host says of its readiness, check by check. */
export function readiness(kubectl: string): Fact<string> {
  return defineFact(`the readiness by ${kubectl}`, async (host: HostReader) => {
    const text = `${kubectl} get --raw='/readyz?verbose'`
    try {
      return (await host.query({ text }, { timeoutMs: 20_000 })).stdout
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error
      return `${error.answer.stdout}\n${error.answer.stderr}`
    }
  })
}

/** Each check that failed, by its name; kubectl may repeat the answer with its line ends written out. */
export function apiLine(name: string, unit: string, said: string): HealthLine {
  const checks = (sign: '+' | '-') => {
    return new Set(
      [...said.matchAll(new RegExp(`\\[\\${sign}\\]([\\w./-]+)`, 'g'))].map(([, check]) => check),
    )
  }
  const [well, failed] = [checks('+'), [...checks('-')]]
  if (failed.length > 0) {
    const found = `${failed.join(', ')} failed, of ${well.size + failed.length} checks.`
    return { grade: 'fatal', about: 'API', name, found, advice: `journalctl -u ${unit}` }
  }
  if (well.size > 0) return { grade: 'ok', about: 'API', name, found: `It is ready by ${well.size} checks.` }
  const found = `It does not answer: ${said.trim().split('\n').at(-1) ?? ''}`
  return { grade: 'fatal', about: 'API', name, found }
}
