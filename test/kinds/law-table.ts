/** What became of the laws of one case; what is left out did not hold, or was not come to. */
export interface LawRow {
  readonly kind: string
  readonly title: string
  honest?: string
  idempotent?: string
  repairs?: string
  reversible?: string
}

const laws = ['honest', 'idempotent', 'repairs', 'reversible'] as const

/** Kind by law, a line each; what only the fake host shows stands below, with the reason. */
export function lawTable(rows: readonly LawRow[], fakeOnly: Readonly<Record<string, string>>): string {
  const cells = [
    ['kind', ...laws, 'shown by'],
    ...rows.map((row) => [row.kind, ...laws.map((law) => row[law] ?? '✘'), row.title]),
  ]
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? []
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [
    ...lines,
    ...Object.entries(fakeOnly).map(([kind, why]) => `${kind}: on the fake host only: ${why}`),
  ].join('\n')
}
