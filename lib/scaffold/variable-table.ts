import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeVars, type Vars } from '../vars/schema.ts'

const [begin, end] = ['<!-- variables -->', '<!-- /variables -->']

/** A page with the table of a role's variables as they are now, between the two marks. */
export function withVariableTable(
  page: string,
  role: { readonly name: string; readonly vars: Vars },
): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) return page
  return `${page.slice(0, from)}${begin}\n${variableTable(role)}${page.slice(to)}`
}

/** Brings the tables of all roles up to date; returns the pages that were not. */
export async function writeVariableTables(root: string): Promise<readonly string[]> {
  const written: string[] = []
  for (const name of readdirSync(join(root, 'roles'))) {
    const { vars } = (await import(join(root, 'roles', name, 'vars.ts'))) as { readonly vars: Vars }
    const file = join('roles', name, 'README.md')
    const page = readFileSync(join(root, file), 'utf8')
    const after = withVariableTable(page, { name, vars })
    if (after === page) continue
    writeFileSync(join(root, file), after)
    written.push(file)
  }
  return written
}

function variableTable({ name: role, vars }: { readonly name: string; readonly vars: Vars }): string {
  const rows = describeVars(vars).map(({ name, type, default: value, required, doc }) => {
    const written = value === undefined ? (required ? '*required*' : '') : `\`${value}\``
    return `| ${[`\`${role}.${name}\``, type, written, doc].map(cell).join(' | ')} |\n`
  })
  return `\n| variable | type | default | |\n|---|---|---|---|\n${rows.join('')}\n`
}

/** A bar in a cell would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
