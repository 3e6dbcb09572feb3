import { noProgram, sh } from '../../host/command.ts'
import type { HostReader } from '../../host/host.ts'

/** Some of the asked are not there, which is an answer; or there is no such program, as where busybox is all there is. */
const answers = [0, 2, noProgram]

/** A line of a database, by its fields. */
export type Row = readonly string[]

/** The users with these names, as getent tells, or as stands in /etc/passwd where there is no getent. */
export async function passwdRows(host: HostReader, names: readonly string[]): Promise<readonly Row[]> {
  const rows = await ask(host, 'passwd', names)
  return rows.filter(([name = '']) => names.includes(name))
}

/** All groups. */
export function groupRows(host: HostReader): Promise<readonly Row[]> {
  return ask(host, 'group', [])
}

/** Who is in a group, as its line tells; whose primary group it is does not stand there. */
export function membersOf([, , , members = '']: Row): readonly string[] {
  return members.split(',').filter((member) => member !== '')
}

/** @throws when no host would take the name for a user or a group */
export function checkName(name: string, of: 'user' | 'group'): string {
  if (!/^[a-z_][\w-]*\$?$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a ${of}.`)
  return name
}

const fieldsOf = { passwd: 7, group: 4 } as const

async function ask(
  host: HostReader,
  database: keyof typeof fieldsOf,
  names: readonly string[],
): Promise<readonly Row[]> {
  const { code, stdout } = await host.query(sh`getent ${database} ${names}`, { ok: answers })
  const text = code === noProgram ? (await host.readFiles([`/etc/${database}`]))[0]?.toString() : stdout
  return rowsOf(host, text ?? '', fieldsOf[database])
}

/** As they stand there: fields with colons between them, of which some are numbers. */
function rowsOf(host: HostReader, text: string, fields: number): readonly Row[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const row = line.split(':')
    const numbers = fields === fieldsOf.passwd ? row.slice(2, 4) : row.slice(2, 3)
    if (row.length === fields && numbers.every((number) => /^\d+$/.test(number))) return row
    throw new Error(`getent on ${host.name} answers what cannot be read: ${JSON.stringify(line)}`)
  })
}
