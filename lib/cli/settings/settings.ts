import { dirname, resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import { locate, originText, type Located, type Origin, type Variables } from '../../inventory/located.ts'
import { booleanOf } from '../../vars/scalar-schemas.ts'
import { flags, type FlagName, type Options } from '../flags.ts'
import { isGiven } from '../conflicts.ts'
import { findSettings, here, readSettingsFile, type SettingsFile, type Surroundings } from './file.ts'
import { settings, type Setting } from './table.ts'

/** What ansible.cfg and the environment say, as Ansible would read them. */
export interface Settings {
  /** As flags that were given, and yield to those that are. */
  readonly options: Partial<Options>
  /** As variables of every host, which yield to flags and to those of the inventory. */
  readonly variables: Variables
  /** As the environment, which yields to what stands there. */
  readonly environment: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
}

interface Found {
  readonly setting: Setting
  readonly text: string
  readonly origin: Origin
  /** Where relative paths begin. */
  readonly folder: string
}

/** Reads all settings; what one is not as expected is refused with its place. */
export function loadSettings(surroundings: Surroundings = here()): Settings {
  const { file: name, warnings } = findSettings(surroundings)
  const file = name === undefined ? undefined : readSettingsFile(name)
  const found = settings.flatMap((setting) => find(setting, file, surroundings) ?? [])
  const unused = withoutEffect(file, surroundings.env)
  return {
    options: Object.fromEntries(found.flatMap(asOption)) as Partial<Options>,
    variables: new Map(found.flatMap(asVariable)),
    environment: Object.fromEntries(found.flatMap(asEnvironment)),
    warnings: unused.length === 0 ? warnings : [...warnings, `Without effect here: ${unused.join(', ')}.`],
  }
}

/** The flags of a command line over those that settings stand for; passwords of a vault add up, as in Ansible. */
export function withSettings(options: Options, { options: set }: Pick<Settings, 'options'>): Options {
  const names = Object.keys(set) as FlagName[]
  const missing = names.filter((name) => !isGiven(options, name)).map((name) => [name, set[name]])
  return {
    ...options,
    ...Object.fromEntries(missing),
    vaultIds: [...(set.vaultIds ?? []), ...options.vaultIds],
    vaultPasswordFiles: [...options.vaultPasswordFiles, ...(set.vaultPasswordFiles ?? [])],
  }
}

/** The environment wins over the file. */
function find(
  setting: Setting,
  file: SettingsFile | undefined,
  { env, folder }: Surroundings,
): Found | undefined {
  const name = setting.env.findLast((each) => (env[each] ?? '') !== '')
  if (name !== undefined) return { setting, text: env[name] ?? '', origin: { file: name }, folder }
  const entry = setting.keys
    .flatMap(
      ([section, key]) => file?.entries.filter((each) => each.section === section && each.key === key) ?? [],
    )
    .findLast(({ value }) => value !== '')
  if (file === undefined || entry === undefined) return undefined
  const origin = { file: file.file, line: entry.line }
  return { setting, text: entry.value, origin, folder: dirname(file.file) }
}

function asOption(found: Found): readonly (readonly [string, unknown])[] {
  const { is } = found.setting
  return 'flag' in is ? [[is.flag, optionValue(is.flag, found)]] : []
}

function asVariable({ setting, text, origin, folder }: Found): readonly (readonly [string, Located])[] {
  const { is, path } = setting
  if (!('variable' in is)) return []
  return [[is.variable, locate(is.variable, path ? pathIn(folder, text) : text, origin)]]
}

function asEnvironment({ setting, text, origin }: Found): readonly (readonly [string, string])[] {
  if (!('environment' in setting.is)) return []
  return yesOrNo(text, origin) ? [[setting.is.environment, '1']] : []
}

function optionValue(name: FlagName, { setting, text, origin, folder }: Found): unknown {
  const placed = (one: string) => (setting.path ? pathIn(folder, one) : one)
  switch (flags[name].takes) {
    case 'switch':
      return yesOrNo(text, origin)
    case 'number':
      return wholeNumber(text, origin, 1)
    case 'count':
      return wholeNumber(text, origin, 0)
    case 'texts':
    case 'list':
      return text.split(/[,\n]/).flatMap((one) => (one.trim() === '' ? [] : placed(one.trim())))
    case 'text':
    case 'optional':
      return placed(text)
  }
}

function pathIn(folder: string, text: string): string {
  const home = text.startsWith('~') ? text : undefined
  return home ?? resolve(folder, text.replaceAll('{{CWD}}', process.cwd()))
}

function yesOrNo(text: string, origin: Origin): boolean {
  const answer = booleanOf(text)
  if (answer === undefined) throw wrong(origin, 'yes or no', text)
  return answer
}

function wholeNumber(text: string, origin: Origin, least: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least) return number
  throw wrong(origin, `a whole number of at least ${least}`, text)
}

function wrong(origin: Origin, expected: string, found: string): UserError {
  return new UserError(
    `${originText(origin)}: expected ${expected}, found "${found}".`,
    'Correct it, or take it away.',
  )
}

const known = new Set(settings.flatMap(({ keys }) => keys.map((key) => key.join('.'))))
const knownNames = new Set(['ANSIBLE_CONFIG', ...settings.flatMap(({ env }) => env)])

/** What is set and means nothing here. */
function withoutEffect(file: SettingsFile | undefined, env: Surroundings['env']): readonly string[] {
  const keys = file?.entries.filter(({ section, key }) => !known.has(`${section}.${key}`)) ?? []
  const names = Object.keys(env).filter((name) => name.startsWith('ANSIBLE_') && !knownNames.has(name))
  const ofFile = keys.map(({ key }) => key)
  const named = file === undefined || ofFile.length === 0 ? [] : [`${ofFile.join(', ')} (${file.file})`]
  return [...named, ...names.toSorted()]
}
