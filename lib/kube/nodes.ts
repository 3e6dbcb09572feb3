import { defineFact, type Fact } from '../host/fact.ts'
import { CommandFailed, type HostReader } from '../host/host.ts'

/** A node as the API tells of it. */
export interface KubeNode {
  readonly name: string
  /** By the type of the condition: True, False or Unknown. */
  readonly conditions: Readonly<Record<string, string>>
  /** What the condition Ready says of itself. */
  readonly message: string
  readonly labels: Readonly<Record<string, string>>
  readonly unschedulable: boolean
  readonly version: string
}

interface Answer {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec?: { readonly unschedulable?: boolean }
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly message?: string
    }[]
    readonly nodeInfo?: { readonly kubeletVersion?: string }
  }
}

/** All nodes of the cluster, asked from a server. */
export function kubeNodes(kubectl: string): Fact<readonly KubeNode[]> {
  return defineFact(`the nodes by ${kubectl}`, async (host) => {
    const { items } = await askApi<{ readonly items: readonly Answer[] }>(
      host,
      `${kubectl} get nodes -o json`,
    )
    return items.map(nodeOf)
  })
}

/** One node; undefined where there is none of the name. */
export async function kubeNode(
  host: HostReader,
  kubectl: string,
  name: string,
): Promise<KubeNode | undefined> {
  const found = await askApi<Answer | Record<string, never>>(
    host,
    `${kubectl} get node ${name} --ignore-not-found -o json`,
  )
  return 'metadata' in found ? nodeOf(found as Answer) : undefined
}

/** What kubectl answers, in JSON; nothing at all is an empty object. */
export async function askApi<T>(host: HostReader, command: string): Promise<T> {
  const { stdout } = await host.query({ text: command }, { timeoutMs: askedForMs })
  return JSON.parse(stdout.trim() === '' ? '{}' : stdout) as T
}

const askedForMs = 20_000

export function isReady({ conditions }: KubeNode): boolean {
  return conditions['Ready'] === 'True'
}

export function isVoter({ conditions }: KubeNode): boolean {
  return conditions['EtcdIsVoter'] === 'True'
}

/** Whether it carries a member of etcd. */
export function isEtcd({ labels }: KubeNode): boolean {
  return labels['node-role.kubernetes.io/etcd'] === 'true'
}

/** What a command that failed said, in one line. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof CommandFailed)) throw error
  const { stderr, stdout } = error.answer
  return (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? 'nothing was said'
}

function nodeOf({ metadata, spec, status }: Answer): KubeNode {
  const conditions = status?.conditions ?? []
  return {
    name: metadata.name,
    conditions: Object.fromEntries(conditions.map(({ type, status: value }) => [type, value])),
    message: conditions.find(({ type }) => type === 'Ready')?.message ?? '',
    labels: metadata.labels ?? {},
    unschedulable: spec?.unschedulable ?? false,
    version: status?.nodeInfo?.kubeletVersion ?? '',
  }
}
