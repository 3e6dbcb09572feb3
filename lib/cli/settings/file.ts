import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import { localPath } from '../../vars/local-path.ts'

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The current folder. */
  readonly folder: string
  readonly home: string
}

export const here = (): Surroundings => ({ env: process.env, folder: process.cwd(), home: homedir() })

export interface Entry {
  readonly section: string
  readonly key: string
  readonly value: string
  readonly line: number
}

export interface SettingsFile {
  readonly file: string
  readonly entries: readonly Entry[]
}

/** Which ansible.cfg is read: the first of Ansible's places that has one; and what is to be said of that. */
export function findSettings({ env, folder, home }: Surroundings): {
  readonly file?: string
  readonly warnings: readonly string[]
} {
  const named = env['ANSIBLE_CONFIG']
  const chosen = named === undefined ? undefined : inFolder(localPath(named))
  const local = join(folder, 'ansible.cfg')
  const open = (statSync(folder).mode & constants.S_IWOTH) !== 0
  const places = [chosen, open ? undefined : local, join(home, '.ansible.cfg'), '/etc/ansible/ansible.cfg']
  const file = places.find((place) => place !== undefined && isReadable(place))
  const warnings = []
  if (chosen !== undefined && file !== chosen) {
    warnings.push(
      `ANSIBLE_CONFIG names ${chosen}, which cannot be read; ${file ?? 'no other file'} is read instead.`,
    )
  }
  if (open && file !== chosen && existsSync(local)) {
    warnings.push(
      `${local} is not read: anybody may write into its folder. Name it with ANSIBLE_CONFIG if you trust it.`,
    )
  }
  return { ...(file === undefined ? {} : { file }), warnings }
}

export function readSettingsFile(file: string): SettingsFile {
  return { file, entries: entriesOf(readFileSync(file, 'utf8'), file) }
}

/**
 * Reads sections and keys as Python's configparser does for Ansible: `=` or `:`, keys in any case, values that go on in
 * lines that are indented, and comments after white space and `;`.
 */
export function entriesOf(text: string, file: string): readonly Entry[] {
  const entries: Entry[] = []
  let section: string | undefined
  for (const [at, written] of text.split(/\r?\n/).entries()) {
    const line = written.replace(/(^|\s);.*$/, '').trimEnd()
    const isBlank = written.trim() === ''
    if ((line === '' && !isBlank) || /^\s*#/.test(line)) continue
    const header = /^\[(.+)\]/.exec(line)?.[1]
    const [, key, value = ''] = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? []
    const open = entries.at(-1)
    if ((isBlank || /^\s/.test(line)) && open !== undefined && open.section === section)
      entries.splice(-1, 1, { ...open, value: `${open.value}\n${line.trim()}` })
    else if (isBlank) continue
    else if (header !== undefined) section = header
    else if (section !== undefined && key !== undefined)
      entries.push({ section, key: key.toLowerCase(), value, line: at + 1 })
    else throw noEntry(`${file}:${at + 1}`, section)
  }
  return entries.map((entry) => ({ ...entry, value: entry.value.trim() }))
}

function noEntry(where: string, section: string | undefined): UserError {
  return section === undefined
    ? new UserError(
        `${where}: expected a section, found something before the first.`,
        'Begin with [defaults].',
      )
    : new UserError(`${where}: expected "key = value" or a section.`, 'Correct the line, or begin it with #.')
}

function inFolder(place: string): string {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true
    ? join(place, 'ansible.cfg')
    : place
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}
