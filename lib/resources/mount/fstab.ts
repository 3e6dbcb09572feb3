import { noProgram } from '../../host/command.ts'
import type { Host } from '../../host/host.ts'
import { editSystemFile, type Lines } from '../text/text-lines.ts'

export const fstab = '/etc/fstab'

/** What one line of fstab says. */
export interface Entry {
  readonly source: string
  readonly path: string
  readonly type: string
  readonly options: string
  readonly dump: number
  readonly pass: number
}

/** The fields of a line; undefined for a comment, a blank line and one with too few. */
export function entryIn(line: string): Entry | undefined {
  const [source = '', path = '', type = '', options = 'defaults', dump, pass] = line.trim().split(/\s+/)
  if (source === '' || source.startsWith('#') || type === '') return undefined
  return {
    source: plain(source),
    path: plain(path),
    type,
    options: plain(options),
    dump: Number(dump ?? 0),
    pass: Number(pass ?? 0),
  }
}

/** An entry as one line, with one blank between its fields: two lines that say the same are written the same. */
export function lineOf({ source, path, type, options, dump, pass }: Entry): string {
  return [source, path, type, options].map(escaped).concat(String(dump), String(pass)).join(' ')
}

/** What stands in the mount table and in fstab for a blank, a tab, a newline or a backslash. */
export function plain(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

function escaped(field: string): string {
  return field.replaceAll(/[\s\\#]/g, (each) => `\\${each.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

/** Edits fstab, and lets systemd know; where nothing changes, nothing is written. A file that came with us goes. */
export async function editFstab(
  host: Host,
  edit: (lines: Lines) => Lines,
  { keepEmpty }: { readonly keepEmpty: boolean },
): Promise<void> {
  if (!(await editSystemFile(host, fstab, edit, { keepEmpty }))) return
  // systemd has made units of the lines; where there is none, nobody has.
  await host.exec({ text: 'systemctl daemon-reload' }, { ok: [0, 1, noProgram] })
}
