import { backupVars, openStore, type BackupSettings, type Store } from '../../backup/index.ts'
import { cluster } from '../../cluster/vars.ts'
import { UserError } from '../../errors.ts'
import { limitPatterns } from '../../inventory/limit.ts'
import { selectHosts } from '../../inventory/select.ts'
import type { HostVars } from '../../vars/load.ts'
import { resolveRoleVars, WrongVariables } from '../../vars/resolve.ts'
import type { Infer, Vars } from '../../vars/schema.ts'
import type { Options } from '../flags.ts'
import { inventoryFor } from '../inventory/load.ts'
import type { VaultOptions } from '../vault-passwords.ts'

/** The flags that say where backups are. */
export const storeFlags = [
  'inventory',
  'extraVars',
  'playbookDir',
  'limit',
  'vaultIds',
  'vaultPasswordFiles',
  'askVaultPass',
] as const

export interface BackupGround {
  readonly settings: BackupSettings
  readonly store: Store
  /** Whose backups they are. */
  readonly cluster: string
}

/** Where the backups of an inventory are, as its first host has it. */
export async function backupGround(
  options: Pick<Options, 'inventory' | 'extraVars' | 'playbookDir' | 'limit'> & VaultOptions,
  project: string,
): Promise<BackupGround> {
  const { inventory, store: vars } = await inventoryFor(options, project, {
    roleNames: ['backup', 'cluster'],
    env: process.env,
  })
  const { limit } = options
  const hosts =
    limit === undefined
      ? inventory.hosts.map(({ name }) => name)
      : selectHosts(inventory, limitPatterns(limit))
  const [first] = hosts
  if (first === undefined) {
    throw new UserError('The inventory has no host, and so no variables.', 'Name another one with -i.')
  }
  const settings = valuesOf(vars.of(first), 'backup', backupVars)
  const { name } = valuesOf(vars.of(first), 'cluster', cluster)
  return { settings, store: openStore(settings), cluster: name }
}

function valuesOf<V extends Vars>(vars: HostVars, name: string, schema: V): Infer<V> {
  const resolved = resolveRoleVars(vars, name, schema)
  if ('problems' in resolved) throw new WrongVariables(resolved.problems)
  return resolved.values
}
