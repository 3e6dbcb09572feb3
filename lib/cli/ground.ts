import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { hostsIn, variablesOf } from '../cluster/environment.ts'
import { UserError } from '../errors.ts'
import { ownAddress } from '../host/facts/own-address.ts'
import { spotText } from '../inventory/inventory-error.ts'
import { loadInventory, type Inventory } from '../inventory/inventory.ts'
import { limitPatterns } from '../inventory/limit.ts'
import { withLocalhost } from '../inventory/localhost.ts'
import { selectHosts } from '../inventory/select.ts'
import type { Source } from '../inventory/source.ts'
import type { Playbook } from '../play/playbook.ts'
import type { Member, Role } from '../play/role.ts'
import { redactDeep } from '../secrets/redact.ts'
import type { Configuration } from '../state/run-record.ts'
import { ask } from '../task/ask.ts'
import { becomeMethods, type BecomeMethod } from '../transport/become-method.ts'
import { connectionOf, type ConnectionDefaults, type ConnectionVars } from '../vars/connection.ts'
import { connectionTypeOf, connectionTypes, type ConnectionType } from '../vars/connection-types.ts'
import { loadVars } from '../vars/load.ts'
import { localPath } from '../vars/local-path.ts'
import { roleVarsResolver, WrongVariables, type VarProblem } from '../vars/resolve.ts'
import type { Vars } from '../vars/schema.ts'
import { connectionSettings, type ConnectionSettings } from '../vars/settings.ts'
import type { Options } from './flags.ts'
import type { Settings } from './settings/settings.ts'
import { openVault } from './vault-passwords.ts'

/** What a run stands on before any host is touched: hosts, their variables, all of them checked. */
export interface Ground {
  readonly inventory: Inventory
  readonly limit: ReadonlySet<string>
  readonly connection: (host: string) => ConnectionVars
  readonly settings: (host: string) => ConnectionSettings
  /** What is to be said before anything is done. */
  readonly warnings: readonly string[]
  varsOf(host: string, role: string): unknown
  /** What all of it came to, to be kept with the run; secrets are masked. */
  configuration(): Configuration
  member(host: string): Member
}

const settingsName = 'connection'
const noSettings = { variables: new Map(), warnings: [] }

/** Where an inventory is looked for when none is named. */
const defaultInventory = 'inventory/hosts.ini'

/**
 * The inventories that are named, each once: a run that is taken up again names them a second time. Without any, the
 * usual file; and where that is not there, the hosts that the environment names.
 */
export function inventoriesOf({ inventory }: Pick<Options, 'inventory'>): readonly Source[] {
  if (inventory.length > 0) return [...new Set(inventory)]
  const named = existsSync(defaultInventory) ? undefined : hostsIn(process.env)
  return [named ?? defaultInventory]
}

/** Reads inventory and variables; all that is wrong with them is told at once. */
export async function layGround(
  playbook: Playbook,
  playbookFile: string,
  options: Options,
  passwords: Pick<ConnectionDefaults, 'password' | 'becomePassword'>,
  settings: Pick<Settings, 'variables' | 'warnings'> = noSettings,
): Promise<Ground> {
  const vault = await openVault(options)
  const loaded = await loadInventory(inventoriesOf(options), vault)
  const patterns = options.limit === undefined ? undefined : limitPatterns(options.limit)
  const inventory = withLocalhost(loaded, [...(patterns ?? []), ...patternsOf(playbook)])
  const limit = new Set(
    patterns === undefined ? inventory.hosts.map(({ name }) => name) : selectHosts(inventory, patterns),
  )
  // What is undone stands in the journal: a revert runs no role, so none of their variables can be wrong for it.
  const schemas = schemasOf(options.revert === undefined ? playbook.roles : [])
  const hosts = asksForVariables(playbook, options) ? inventory.hosts : []
  const store = await loadVars({
    inventory: { ...inventory, hosts },
    playbookFolder: projectFolder(playbookFile),
    extra: options.extraVars,
    roleNames: [...schemas.keys()],
    sources: { vault, env: process.env },
    environment: variablesOf(process.env),
  })
  const resolved = new Map<string, Map<string, unknown>>()
  const connections = new Map<string, ConnectionVars>()
  const members = new Map<string, Member>()
  const resolve = roleVarsResolver()
  const problems: VarProblem[] = []
  const flags = connectionFlags(options)
  for (const { name } of hosts) {
    const values = new Map<string, unknown>()
    for (const [role, schema] of schemas) {
      const result = resolve(store.of(name), role, schema)
      if ('values' in result) values.set(role, result.values)
      else if (limit.has(name) || role === settingsName) problems.push(...result.problems)
    }
    resolved.set(name, values)
    try {
      connections.set(name, connectionOf(store.of(name), { ...flags, ...passwords }, settings.variables))
    } catch (error) {
      if (!(error instanceof WrongVariables)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw new WrongVariables(problems)
  return {
    inventory,
    limit,
    warnings: [
      ...settings.warnings,
      ...inventory.warnings.map((warning) => `${spotText(warning)}: ${warning.message}`),
    ],
    varsOf: (host, role) => resolved.get(host)?.get(role),
    configuration: () => ({
      groups: Object.fromEntries([...inventory.groups.values()].map(({ name, hosts }) => [name, hosts])),
      variables: redactDeep(
        Object.fromEntries([...limit].map((host) => [host, Object.fromEntries(resolved.get(host) ?? [])])),
      ) as Configuration['variables'],
    }),
    settings: (host) => resolved.get(host)?.get(settingsName) as ConnectionSettings,
    connection: (host) => {
      const connection = connections.get(host)
      if (connection === undefined) throw new TypeError(`The inventory has no host ${host}.`)
      return connection
    },
    member: (host) => {
      const known = members.get(host)
      if (known !== undefined) return known
      // Those of roles as they were read: what is a secret cannot be printed then.
      const others = Object.entries(store.of(host).plain()).filter(([name]) => !schemas.has(name))
      const vars = Object.fromEntries([...others, ...(resolved.get(host) ?? [])])
      const { nodeIp } = vars
      const address = typeof nodeIp === 'string' ? nodeIp : ask(host, ownAddress)
      const member = { name: host, vars, address }
      members.set(host, member)
      return member
    },
  }
}

/** Not where only names are asked for, and every stage has a pattern: thousands of hosts are listed in no time. */
function asksForVariables({ stages }: Playbook, { listHosts, listTasks, listTags }: Options): boolean {
  if (!listHosts || listTasks || listTags) return true
  return typeof stages === 'function' || stages.some(({ hosts }) => typeof hosts !== 'string')
}

/** Those of stages that are known before the run. */
function patternsOf({ stages }: Playbook): readonly string[] {
  if (typeof stages === 'function') return []
  return stages.flatMap(({ hosts }) => (typeof hosts === 'string' ? [hosts] : []))
}

/** Where `group_vars` of the project stands: beside the folder of its playbooks, or beside the playbook itself. */
export function projectFolder(playbookFile: string): string {
  const folder = dirname(resolve(playbookFile))
  return basename(folder) === 'playbooks' ? dirname(folder) : folder
}

/** By the name under which they stand: the variables of the roles, and those that several roles share. */
function schemasOf(roles: readonly Role[]): ReadonlyMap<string, Vars> {
  const schemas = new Map<string, Vars>([[settingsName, connectionSettings]])
  for (const { name: role, vars: own, shared } of roles) {
    for (const [name, vars] of [[role, own], ...Object.entries(shared)] as const) {
      if ((schemas.get(name) ?? vars) !== vars) throw meantTwice(role, name)
      schemas.set(name, vars)
    }
  }
  return schemas
}

function meantTwice(role: string, name: string): UserError {
  return new UserError(
    `The role ${role} has variables under "${name}", where another role of this playbook has its own.`,
    'Let both import them from one module, or give one of the roles another name.',
  )
}

function connectionFlags(options: Options): ConnectionDefaults {
  const { user, privateKey, connection, timeoutSeconds, become, becomeUser, becomeMethod } = options
  return {
    ...(timeoutSeconds === undefined ? {} : { connectTimeoutMs: timeoutSeconds * 1000 }),
    ...(user === undefined ? {} : { user }),
    ...(privateKey === undefined ? {} : { keyFiles: [localPath(privateKey)] }),
    ...(connection === undefined ? {} : { connection: connectionFlag(connection) }),
    ...(become || becomeUser !== undefined ? { become: true } : {}),
    ...(becomeUser === undefined ? {} : { becomeUser }),
    ...(becomeMethod === undefined ? {} : { becomeMethod: methodFlag(becomeMethod) }),
  }
}

function connectionFlag(name: string): ConnectionType {
  const type = connectionTypeOf(name)
  if (type !== undefined) return type
  throw new UserError(`--connection ${name} is not known.`, `Give one of ${connectionTypes.join(', ')}.`)
}

function methodFlag(name: string): BecomeMethod {
  const method = becomeMethods.find((known) => known === name)
  if (method !== undefined) return method
  throw new UserError(`--become-method ${name} is not known.`, `Give one of ${becomeMethods.join(', ')}.`)
}
