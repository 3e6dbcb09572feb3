import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { artifacts } from '../artifacts/vars.ts'
import { pki } from '../pki/vars.ts'
import { backup } from '../backup/vars.ts'
import { configuration } from '../cluster/vars.ts'
import { describeVars, type Vars } from '../vars/schema.ts'

/** Variables under the name that they are set under. */
export interface NamedVars {
  readonly name: string
  readonly vars: Vars
}

/** A page, from the root of the project, and what its table of variables is of. */
export interface VariablePage {
  readonly file: string
  readonly of: readonly NamedVars[]
}

/** The pages about variables that several roles share. */
export const sharedPages: readonly VariablePage[] = [
  { file: 'docs/artifacts.md', of: [{ name: 'artifacts', vars: artifacts }] },
  { file: 'docs/certificates.md', of: [{ name: 'pki', vars: pki }] },
  { file: 'docs/backup.md', of: [{ name: 'backup', vars: backup }] },
  { file: 'docs/cluster.md', of: Object.entries(configuration).map(([name, vars]) => ({ name, vars })) },
]

/** A page with the table of these variables as they are now, between the two marks. */
export function withVariableTable(page: string, ...of: readonly NamedVars[]): string {
  return withTable(page, 'variables', variableTable(of))
}

/** A page with this between the two marks of a name; one without the marks stays as it is. */
export function withTable(page: string, mark: string, table: string): string {
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) return page
  return `${page.slice(0, from)}${begin}\n${table}${page.slice(to)}`
}

/** Brings the tables of all roles, and of what they share, up to date; returns the pages that were not. */
export async function writeVariableTables(root: string): Promise<readonly string[]> {
  const written: string[] = []
  for (const { file, of } of [...sharedPages, ...(await rolePages(root))]) {
    if (rewrite(root, file, (page) => withVariableTable(page, ...of))) written.push(file)
  }
  return written
}

/** Writes a page anew where that makes a difference, and says whether it did. */
export function rewrite(root: string, file: string, change: (page: string) => string): boolean {
  const page = readFileSync(join(root, file), 'utf8')
  const after = change(page)
  if (after === page) return false
  writeFileSync(join(root, file), after)
  return true
}

async function rolePages(root: string): Promise<readonly VariablePage[]> {
  return Promise.all(
    readdirSync(join(root, 'roles')).map(async (name) => {
      const { vars } = (await import(join(root, 'roles', name, 'vars.ts'))) as { readonly vars: Vars }
      return { file: join('roles', name, 'README.md'), of: [{ name, vars }] }
    }),
  )
}

function variableTable(of: readonly NamedVars[]): string {
  return `\n| variable | type | default | |\n|---|---|---|---|\n${of.flatMap(rowsOf).join('')}\n`
}

function rowsOf({ name: owner, vars }: NamedVars): readonly string[] {
  return describeVars(vars).map(({ name, type, default: value, required, doc }) => {
    const written = value === undefined ? (required ? '*required*' : '') : `\`${value}\``
    return `| ${[`\`${owner}.${name}\``, type, written, doc].map(cell).join(' | ')} |\n`
  })
}

/** A bar in a cell would end it. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
