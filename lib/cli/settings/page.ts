import { withTable } from '../../scaffold/variable-table.ts'
import { written } from '../flag.ts'
import { flags } from '../flags.ts'
import { settings, type Setting } from './table.ts'

export const settingsPage = 'docs/settings.md'

/** The page with the table of settings as the code has it. */
export function withSettingsTable(page: string): string {
  const rows = settings.map((setting) => {
    const { keys, env } = setting
    const inFile = keys.map(([section, key]) => `\`[${section}] ${key}\``).join(', ')
    return `| ${inFile} | ${env.map((name) => `\`${name}\``).join(', ')} | ${meaning(setting)} |\n`
  })
  const head = '| ansible.cfg | environment | is here |\n|---|---|---|\n'
  return withTable(page, 'settings', `\n${head}${rows.join('')}\n`)
}

function meaning({ is }: Setting): string {
  if ('flag' in is) return `\`${written(flags[is.flag])}\``
  return 'variable' in is ? `\`${is.variable}\`` : `\`${is.environment}\` in the environment`
}
