import type { Group, Inventory } from '../../inventory/inventory.ts'
import { isPasswordName } from '../../inventory/located.ts'
import { isConcealed, Secret } from '../../secrets/secret.ts'
import type { VarStore } from '../../vars/load.ts'

const mask = '«secret»'

/** What Ansible knows of every host by itself, and prints of none. */
const internal: ReadonlySet<string> = new Set(
  (
    'ansible_diff_mode ansible_config_file ansible_facts ansible_forks ansible_inventory_sources ansible_limit ' +
    'ansible_playbook_python ansible_run_tags ansible_skip_tags ansible_verbosity ansible_version inventory_dir ' +
    'inventory_file inventory_hostname inventory_hostname_short groups group_names omit playbook_dir'
  ).split(' '),
)

/** The variables of a host, as `ansible-inventory --host` has them. */
export function hostDump(store: VarStore, host: string): Readonly<Record<string, unknown>> {
  const variables = [...store.of(host).all()].filter(([name]) => !internal.has(name))
  return Object.fromEntries(variables.map(([name, { value }]) => [name, shown(name, value)]))
}

/** Groups, hosts and their variables, as `ansible-inventory --list` has them. */
export function listDump(inventory: Inventory, store: VarStore): Readonly<Record<string, unknown>> {
  const groups = [...inventory.groups.values()].flatMap((group) => {
    const parts = partsOf(group)
    return Object.keys(parts).length === 0 ? [] : [[group.name, parts] as const]
  })
  const hostvars = inventory.hosts.flatMap(({ name }) => {
    const variables = hostDump(store, name)
    return Object.keys(variables).length === 0 ? [] : [[name, variables] as const]
  })
  return { ...Object.fromEntries(groups), _meta: { hostvars: Object.fromEntries(hostvars) } }
}

/** Also one that is none: whoever prints it cannot tell. */
function shown(name: string, value: unknown): unknown {
  return isPasswordName(name) && value !== null ? mask : masked(value)
}

/** What stood in an encrypted file is text as any other, and not to be printed. */
function masked(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'number') return isConcealed(String(value)) ? mask : value
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null || value instanceof Secret) return value
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, masked(inside)]))
}

function partsOf({ name, ownHosts, children }: Group): Readonly<Record<string, readonly string[]>> {
  const hosts = name === 'all' ? [] : ownHosts
  return { ...(hosts.length > 0 && { hosts }), ...(children.length > 0 && { children }) }
}
