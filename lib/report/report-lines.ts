import type { Look } from './look.ts'
import { columnsOf, harmless, pad } from './text.ts'

type Row = Readonly<Record<string, unknown>>

/** What a playbook reports: a list of flat records as a table, one as a line a field, texts as they are, the rest as JSON. */
export function reportLines(data: unknown, look: Look): readonly string[] {
  if (typeof data === 'string')
    return harmless(data)
      .split('\n')
      .map((line) => `  ${line}`)
  if (Array.isArray(data) && data.every((line) => typeof line === 'string')) {
    return data.length === 0 ? [look.paint.dim('  (none)')] : data.flatMap((line) => reportLines(line, look))
  }
  if (isTable(data)) return table(data, look)
  if (isFlat(data)) return fields(data, look)
  return JSON.stringify(data ?? null, null, 2)
    .split('\n')
    .map((line) => `  ${line}`)
}

function isTable(data: unknown): data is readonly Row[] {
  return Array.isArray(data) && data.length > 0 && data.every(isFlat)
}

function isFlat(row: unknown): row is Row {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false
  return Object.values(row).every((value) => typeof value !== 'object' || value === null)
}

function shown(value: unknown): string {
  if (typeof value === 'string') return harmless(value)
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

function fields(record: Row, { paint }: Look): readonly string[] {
  const names = Object.keys(record)
  const width = Math.max(0, ...names.map(columnsOf))
  return names.map((name) => `  ${paint.dim(pad(name, width))}  ${shown(record[name])}`)
}

function table(rows: readonly Row[], { paint }: Look): readonly string[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cells = rows.map((row) => columns.map((column) => shown(row[column])))
  const widths = columns.map((column, index) =>
    Math.max(columnsOf(column), ...cells.map((row) => columnsOf(row[index] ?? ''))),
  )
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, index) => pad(cell, widths[index] ?? 0)).join('  ')}`.trimEnd()
  return [paint.dim(line(columns)), ...cells.map(line)]
}
