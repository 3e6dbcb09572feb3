import type { Difference } from './events.ts'
import type { Look } from './look.ts'
import { harmless } from './text.ts'
import { unifiedDiff } from './unified-diff.ts'

/** More lines than this help nobody to judge a change. */
const mostLines = 400

/** What differs: texts of several lines as a unified diff, the rest as `mode: 0644 → 0600`. */
export function differenceLines(differences: readonly Difference[], look: Look): readonly string[] {
  const lines = differences.flatMap((difference) => one(difference, look))
  const left = lines.length - mostLines
  return left > 0 ? [...lines.slice(0, mostLines), look.paint.dim(`(${left} more lines)`)] : lines
}

function one({ field, from, to }: Difference, { paint }: Look): readonly string[] {
  if (!isText(field, from, to)) {
    return [`${field}: ${paint.red(shown(from))} → ${paint.green(shown(to))}`]
  }
  const of = field === 'content' ? '' : `: ${field}`
  return [
    paint.bold(`--- before${of}`),
    paint.bold(`+++ after${of}`),
    ...unifiedDiff(harmless(from), harmless(to)).map((line) => {
      if (line.startsWith('@@')) return paint.cyan(line)
      if (line.startsWith('-')) return paint.red(line)
      return line.startsWith('+') ? paint.green(line) : paint.dim(line)
    }),
  ]
}

function isText(field: string, from: string, to: string): boolean {
  return field === 'content' || from.includes('\n') || to.includes('\n')
}

function shown(value: string): string {
  return value === '' ? '(none)' : harmless(value)
}
