import { variablesOf } from '../../cluster/environment.ts'
import { UserError } from '../../errors.ts'
import { spotText } from '../../inventory/inventory-error.ts'
import { loadInventory, type Inventory } from '../../inventory/inventory.ts'
import { withLocalhost } from '../../inventory/localhost.ts'
import { selectHosts } from '../../inventory/select.ts'
import { loadVars, type VarStore } from '../../vars/load.ts'
import { localPath } from '../../vars/local-path.ts'
import type { Options } from '../flags.ts'
import { inventoriesOf } from '../ground.ts'
import { openVault, type VaultOptions } from '../vault-passwords.ts'

interface Asked {
  /** A host that may be this machine. */
  readonly named?: string
  /** Under these names maps are merged key by key; without any, all is as in Ansible. */
  readonly roleNames?: readonly string[]
  /** Where references to the environment are looked up; without it they stay as they are. */
  readonly env?: NodeJS.ProcessEnv
}

/** The inventory of a command line with its variables; what is odd in it is told on stderr. */
export async function inventoryFor(
  options: Pick<Options, 'inventory' | 'extraVars' | 'playbookDir'> & VaultOptions,
  project: string,
  { named, roleNames = [], env }: Asked = {},
): Promise<{ readonly inventory: Inventory; readonly store: VarStore }> {
  const vault = await openVault(options)
  const loaded = await loadInventory(inventoriesOf(options), vault)
  for (const warning of loaded.warnings) process.stderr.write(`${spotText(warning)}: ${warning.message}\n`)
  const inventory = withLocalhost(loaded, named === undefined ? [] : [named])
  const playbookFolder = options.playbookDir === undefined ? project : localPath(options.playbookDir)
  const environment = roleNames.length === 0 ? new Map() : variablesOf(process.env)
  const store = await loadVars({
    inventory,
    playbookFolder,
    extra: options.extraVars,
    roleNames,
    environment,
    sources: { vault, ...(env === undefined ? {} : { env }) },
  })
  return { inventory, store }
}

/** The one host that a word means. */
export function onlyHost(inventory: Inventory, word: string): string {
  const hosts = selectHosts(inventory, word)
  const [host] = hosts
  if (host !== undefined && hosts.length === 1) return host
  throw new UserError(`"${word}" means ${hosts.length} hosts.`, 'Name one host.')
}
