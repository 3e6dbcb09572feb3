import { access, constants, open, readFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { UserError } from '../errors.ts'
import { isVaultText } from '../secrets/vault/envelope.ts'
import type { Vault } from '../secrets/vault/vault.ts'
import { parseVariables } from '../vars/yaml-file.ts'
import type { GroupGraph } from './group-graph.ts'
import { readHostList, readNamedGroups, type NamedGroups } from './host-list.ts'
import { readIni } from './ini.ts'
import { InventoryError, type InventoryWarning } from './inventory-error.ts'
import type { Variables } from './located.ts'
import { sourcesIn } from './source-folder.ts'
import { readYamlInventory } from './yaml.ts'

/** What stands behind one `-i`, or hosts that were named elsewhere. */
export type Source = string | NamedGroups

export type SourceKind = 'list' | 'folder' | 'file'

/** What a source is: a list only where no file is called so. */
export async function sourceKind(source: Source): Promise<SourceKind> {
  if (typeof source !== 'string') return 'list'
  const found = await stat(source).catch(() => undefined)
  if (found?.isDirectory() === true) return 'folder'
  return found === undefined && source.includes(',') ? 'list' : 'file'
}

/** Adds what one source says, whatever it is: a list, a folder of sources, a program, YAML or INI. */
export async function readSource(
  source: Source,
  graph: GroupGraph,
  vault: Vault,
): Promise<readonly InventoryWarning[]> {
  if (typeof source !== 'string') {
    readNamedGroups(source, graph)
    return []
  }
  const kind = await sourceKind(source)
  if (kind === 'list') {
    readHostList(source, graph)
    return []
  }
  if (kind === 'file') return readSourceFile(source, graph, vault)
  const warnings: InventoryWarning[] = []
  for (const inside of await sourcesIn(source)) warnings.push(...(await readSource(inside, graph, vault)))
  return warnings
}

async function readSourceFile(
  file: string,
  graph: GroupGraph,
  vault: Vault,
): Promise<readonly InventoryWarning[]> {
  if (await isProgram(file)) return (await import('./script.ts')).readScript(file, graph)
  const written = await textOf(file)
  if (!isVaultText(written)) return readText(written, written, file, graph, vault)
  const opened = (await vault.open(written, { file, line: 1 })).toString()
  const { concealed } = await import('./concealed.ts')
  return concealed(file, graph, () => readText(opened, written, file, graph, vault))
}

/** @param written the text before it was opened, where it was encrypted as a whole */
async function readText(
  text: string,
  written: string,
  file: string,
  graph: GroupGraph,
  vault: Vault,
): Promise<readonly InventoryWarning[]> {
  const groups = mayBeYaml(text, file) ? await yamlOf(written, file, vault) : undefined
  if (groups === undefined) return readIni(text, file, graph)
  if (groups instanceof UserError) return readIniAfter(groups, text, file, graph)
  if (groups.has('plugin')) throw isPlugin(file)
  return readYamlInventory(groups, graph)
}

/** Ansible runs whatever has the right to be run; what is no program would be a row of commands to a shell. */
async function isProgram(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined)
  if (handle === undefined) return false
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    const start = buffer.toString('latin1', 0, bytesRead)
    if (start.startsWith('#!')) return true
    return start === '\x7fELF' && (await mayBeRun(file))
  } catch {
    return false
  } finally {
    await handle.close()
  }
}

async function mayBeRun(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** By its ending; one without any is looked at, since most of them are INI. */
function mayBeYaml(text: string, file: string): boolean {
  const ending = extname(file)
  return ['.yml', '.yaml', '.json'].includes(ending) || (ending === '' && beginsLikeYaml(text))
}

function beginsLikeYaml(text: string): boolean {
  const first = text.split('\n').find((line) => !/^\s*(?:#.*|---.*|%.*)?$/.test(line)) ?? ''
  return /^\s*(?:\{|["']?[^\s"'#;=[]+["']?:(?:\s|$))/.test(first)
}

/** The map that it is; undefined for another thing than a map, and for nothing at all. */
async function yamlOf(text: string, file: string, vault: Vault): Promise<Variables | UserError | undefined> {
  try {
    const groups = await parseVariables(text, file, { vault })
    return groups.size === 0 ? undefined : groups
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}

/** Ansible takes INI in a file of any name. */
function readIniAfter(
  error: UserError,
  text: string,
  file: string,
  graph: GroupGraph,
): readonly InventoryWarning[] {
  try {
    return readIni(text, file, graph)
  } catch (notIni) {
    // Where a section stands, INI was meant.
    throw /^\s*\[/m.test(text) ? notIni : error
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const found = code === 'ENOENT' ? 'found none' : `it cannot be read (${code})`
    const advice = 'Give the path of an inventory with -i, or a list of hosts that ends in a comma.'
    throw new InventoryError({ file }, `expected an inventory, ${found}`, advice, { cause })
  }
}

function isPlugin(file: string): InventoryError {
  return new InventoryError(
    { file },
    'expected hosts and groups, found the settings of an inventory plugin of Ansible',
    'Give a program that prints the hosts with --list; ansible-inventory -i FILE --list is one.',
  )
}
