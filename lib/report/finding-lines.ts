import type { EventOf } from './events.ts'
import { advised } from './format.ts'
import { painted, type Look } from './look.ts'
import { columnsOf, pad, wrap } from './text.ts'

export type FindingEvent = EventOf<'finding'>

/** More hosts than this are counted, not named. */
const mostNamed = 3
/** What is said stands in a column of at least this width, or below. */
const leastWidth = 40

const grades = {
  fatal: { symbol: '✘', status: 'failed' },
  fix: { symbol: '~', status: 'changed' },
  warning: { symbol: '!', status: 'rescued' },
} as const

/** The same finding on these hosts. */
interface Row {
  readonly finding: FindingEvent
  readonly hosts: string[]
}

/** What was found out about the hosts of a stage in one table, the gravest first; what is alike on several hosts once. */
export function findingLines(
  found: readonly FindingEvent[],
  look: Look,
  order: readonly string[] = [],
): readonly string[] {
  if (found.length === 0) return []
  const at = ({ host = '' }: FindingEvent) => order.indexOf(host)
  const findings = found.toSorted((a, b) => at(a) - at(b))
  const rows = together(findings)
  const widths = {
    host: Math.max(...rows.map(({ hosts }) => columnsOf(named(hosts)))),
    check: Math.max(...rows.map(({ finding }) => columnsOf(finding.check))),
  }
  return ['', headLine(findings, look), ...rows.flatMap((row) => rowLines(row, widths, look))]
}

function headLine(findings: readonly FindingEvent[], { paint }: Look): string {
  const parts = Object.keys(grades).flatMap((grade) => {
    const count = findings.filter((finding) => finding.class === grade).length
    return count === 0 ? [] : [`${count} ${grade}`]
  })
  const hosts = new Set(findings.map(({ host }) => host)).size
  return `  ${paint.bold('Findings')}  ${paint.dim(`${parts.join(', ')} on ${hosts} host${hosts === 1 ? '' : 's'}`)}`
}

function rowLines(
  { finding, hosts }: Row,
  widths: { readonly host: number; readonly check: number },
  look: Look,
): readonly string[] {
  const { check, class: grade, found, wanted, message, advice, host = '' } = finding
  const { symbol, status } = grades[grade]
  const head = `  ${painted(status, symbol, look)} ${pad(named(hosts), widths.host)}  ${look.paint.bold(pad(check, widths.check))}  `
  const beside = 8 + widths.host + widths.check
  const indent = look.width - beside < leastWidth ? 6 : beside
  const [first = '', ...rest] = wrap(withHosts(message, host, named(hosts)), look.width - indent)
  const space = ' '.repeat(indent)
  const said = indent === beside ? [head + first] : [head.trimEnd(), space + first]
  return [
    ...said,
    ...rest.map((line) => space + line),
    ...wrap(`found ${found}, wanted ${wanted}`, look.width - indent).map((line) =>
      look.paint.dim(space + line),
    ),
    ...advised(withHosts(advice, host, named(hosts)), indent, look),
  ]
}

function together(findings: readonly FindingEvent[]): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const finding of findings) {
    const { check, class: grade, found, wanted, message, advice, host = '' } = finding
    const key = JSON.stringify([
      check,
      grade,
      found,
      wanted,
      ...[message, advice].map((text) => withHosts(text, host, '')),
    ])
    const row = rows.get(key) ?? { finding, hosts: [] }
    row.hosts.push(host)
    rows.set(key, row)
  }
  const order = Object.keys(grades)
  return [...rows.values()].toSorted(
    (a, b) => order.indexOf(a.finding.class) - order.indexOf(b.finding.class),
  )
}

function named(hosts: readonly string[]): string {
  const more = hosts.length - mostNamed
  return more > 1 ? `${hosts.slice(0, mostNamed).join(', ')} and ${more} more` : hosts.join(', ')
}

/** A text that names one host, with others in its place. */
function withHosts(text: string, host: string, others: string): string {
  if (host === '') return text
  const name = new RegExp(`(?<![\\w.-])${host.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`, 'g')
  return text.replaceAll(name, () => others)
}
