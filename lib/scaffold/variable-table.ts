import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { artifacts } from '../artifacts/vars.ts'
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

const [begin, end] = ['<!-- variables -->', '<!-- /variables -->']

/** The pages about variables that several roles share. */
export const sharedPages: readonly VariablePage[] = [
  { file: 'docs/artifacts.md', of: [{ name: 'artifacts', vars: artifacts }] },
  { file: 'docs/cluster.md', of: Object.entries(configuration).map(([name, vars]) => ({ name, vars })) },
]

/** A page with the table of these variables as they are now, between the two marks. */
export function withVariableTable(page: string, ...of: readonly NamedVars[]): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) return page
  return `${page.slice(0, from)}${begin}\n${variableTable(of)}${page.slice(to)}`
}

/** Brings the tables of all roles, and of what they share, up to date; returns the pages that were not. */
export async function writeVariableTables(root: string): Promise<readonly string[]> {
  const written: string[] = []
  for (const { file, of } of [...sharedPages, ...(await rolePages(root))]) {
    const page = readFileSync(join(root, file), 'utf8')
    const after = withVariableTable(page, ...of)
    if (after === page) continue
    writeFileSync(join(root, file), after)
    written.push(file)
  }
  return written
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
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
