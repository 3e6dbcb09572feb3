import type { NamedGroups } from '../inventory/host-list.ts'
import { locate, type Variables } from '../inventory/located.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Names that guides tell people to export, and the variables that they stand for. */
export const variables: Readonly<Record<string, string>> = {
  K3S_VERSION: 'kubernetes.version',
  CLUSTER_CIDR: 'network.podCidr',
  SERVICE_CIDR: 'network.serviceCidr',
  KMZONE: 'k3s.mirrorProfile',
  NAMESPACE: 'namespace',
  BACKEND_VERSION: 'backendVersion',
}

/** The same for the addresses of hosts, and the groups that these are in. */
export const groups: Readonly<Record<string, string>> = { CONTROL_PLANE_IPS: 'server', WORKER_IPS: 'agent' }

/** What the environment says of the cluster. */
export function variablesOf(env: Env): Variables {
  return new Map(
    given(variables, env).map(({ from, to, value }) => [
      to,
      locate(to, value, { file: `environment variable ${from}` }),
    ]),
  )
}

/** The hosts that the environment names; undefined where it names none. */
export function hostsIn(env: Env): NamedGroups | undefined {
  const named = given(groups, env).map(({ from, to, value }) => ({ group: to, hosts: value, said: from }))
  return named.length === 0 ? undefined : { groups: named }
}

function given(table: Readonly<Record<string, string>>, env: Env) {
  return Object.entries(table).flatMap(([from, to]) => {
    const value = env[from]?.trim() ?? ''
    return value === '' ? [] : [{ from, to, value }]
  })
}
