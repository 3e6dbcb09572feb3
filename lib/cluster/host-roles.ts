/** What a host can be in a cluster; each is a group of the inventory, or one of the names that it has elsewhere. */
export const hostRoles = ['server', 'agent', 'etcd', 'lb', 'registry'] as const

export type HostRole = (typeof hostRoles)[number]

interface Named {
  readonly name: string
}

/** The members of a group, as a role's context gives them. */
export type Groups<M extends Named = Named> = (name: string) => readonly M[]

/** What a host is; a host of none of these groups is nothing of a cluster yet. */
export function rolesOf(host: string, group: Groups): readonly HostRole[] {
  return hostRoles.filter((role) => group(role).some(({ name }) => name === host))
}

/** Whether pods run there: it has a kubelet. */
export function isNode(roles: readonly HostRole[]): boolean {
  return roles.includes('server') || roles.includes('agent')
}

/** A node, or a host of which nothing is said yet. */
export function mayBeNode(roles: readonly HostRole[]): boolean {
  return roles.length === 0 || isNode(roles)
}
