import { parse, stringify } from 'yaml'

interface Named<T> {
  readonly name: string
  readonly [key: string]: unknown
  readonly cluster?: T
}

interface Kubeconfig {
  readonly clusters?: readonly Named<{ readonly server?: string }>[]
  readonly users?: readonly Named<never>[]
  readonly contexts?: readonly Named<never>[]
  readonly 'current-context'?: string
  readonly [key: string]: unknown
}

/** Under which name a cluster stands in a kubeconfig, and where it is reached. */
export interface Entry {
  readonly name: string
  readonly server: string
}

/** A kubeconfig as a server wrote it for itself, for somebody elsewhere. */
export function renamed(text: string, { name, server }: Entry): string {
  const config = read(text)
  const [cluster, user] = [config.clusters?.[0]?.['cluster'], config.users?.[0]?.['user']]
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { ...(cluster as object), server } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  })
}

/** Puts a cluster beside those that a file has; what has its name gives way. The current one stays current. */
export function merged(there: string, added: string): string {
  const [old, fresh] = [read(there), read(added)]
  return stringify({
    ...fresh,
    ...old,
    clusters: beside(old.clusters, fresh.clusters),
    users: beside(old.users, fresh.users),
    contexts: beside(old.contexts, fresh.contexts),
    'current-context': old['current-context'] || fresh['current-context'],
  })
}

/** Whether a file speaks of this cluster and no other. */
export function isOnly(text: string, name: string): boolean {
  const names = (read(text).clusters ?? []).map((cluster) => cluster.name)
  return names.length > 0 && names.every((each) => each === name)
}

function beside<T extends { readonly name: string }>(
  old: readonly T[] = [],
  fresh: readonly T[] = [],
): readonly T[] {
  return [...old.filter(({ name }) => !fresh.some((each) => each.name === name)), ...fresh]
}

function read(text: string): Kubeconfig {
  return (parse(text) ?? {}) as Kubeconfig
}
