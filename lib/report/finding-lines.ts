import type { EventOf } from './events.ts'
import { advised } from './format.ts'
import { painted, type Look } from './look.ts'
import { columnsOf, pad, wrap } from './text.ts'

export type FindingEvent = EventOf<'finding'>

/** More of the other hosts than this are counted, not named. */
const mostNamed = 5
/** What is said stands in a column of at least this width, or below. */
const leastWidth = 40

const grades = {
  fatal: { symbol: '✘', status: 'failed', several: 'fatal' },
  fix: { symbol: '~', status: 'changed', several: 'fixes' },
  warning: { symbol: '!', status: 'rescued', several: 'warnings' },
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
  const rows = together(findings, look)
  const widths = {
    host: Math.max(...rows.map(({ hosts }) => columnsOf(counted(hosts)))),
    check: Math.max(...rows.map(({ finding }) => columnsOf(finding.check))),
  }
  return ['', headLine(findings, look), ...rows.flatMap((row) => rowLines(row, widths, look))]
}

function headLine(findings: readonly FindingEvent[], { paint }: Look): string {
  const parts = Object.entries(grades).flatMap(([grade, { several }]) => {
    const count = findings.filter((finding) => finding.class === grade).length
    return count === 0 ? [] : [`${count} ${count === 1 ? grade : several}`]
  })
  const hosts = new Set(findings.map(({ host }) => host)).size
  return `  ${paint.bold('Findings')}  ${paint.dim(`${parts.join(', ')} on ${hosts} host${hosts === 1 ? '' : 's'}`)}`
}

function rowLines(
  { finding, hosts }: Row,
  widths: { readonly host: number; readonly check: number },
  look: Look,
): readonly string[] {
  const { check, class: grade, found, wanted, message, advice } = finding
  const { symbol, status } = grades[grade]
  const head = `  ${painted(status, symbol, look)} ${pad(counted(hosts), widths.host)}  ${look.paint.bold(pad(check, widths.check))}  `
  const beside = 8 + widths.host + widths.check
  const indent = look.width - beside < leastWidth ? 6 : beside
  const space = ' '.repeat(indent)
  const wrapped = (text: string) => wrap(text, look.width - indent)
  const [first = '', ...rest] = wrapped(message)
  const said = indent === beside ? [head + first] : [head.trimEnd(), space + first]
  const details = hasDetails(finding, look) ? wrapped(`found ${found}, wanted ${wanted}`) : []
  const others = hosts.length === 1 ? [] : wrapped(`the same on ${named(hosts.slice(1))}`)
  return [
    ...said,
    ...rest.map((line) => space + line),
    ...details.map((line) => look.paint.dim(space + line)),
    ...advised(advice, indent, look),
    ...others.map((line) => look.paint.dim(space + line)),
  ]
}

function together(findings: readonly FindingEvent[], look: Look): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const finding of findings) {
    const { check, class: grade, found, wanted, message, advice, host = '' } = finding
    const key = JSON.stringify([
      check,
      grade,
      found,
      hasDetails(finding, look) ? wanted : '',
      ...[message, advice].map((text) => withoutHost(text, host)),
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

function counted([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} +${others.length}`
}

function named(hosts: readonly string[]): string {
  const more = hosts.length - mostNamed
  return more > 1 ? `${hosts.slice(0, mostNamed).join(', ')} and ${more} more` : hosts.join(', ')
}

const betweenWords = /[\s,;:()"]+|\.(?=\s|$)/

/** Whether the message lacks a number or a longer word of what was found, so that this is worth a line. */
function hasDetails({ message, found }: FindingEvent, { verbosity }: Look): boolean {
  const said = message.split(betweenWords)
  const isSaid = (word: string) => (/\d/.test(word) ? said.includes(word) : message.includes(word))
  const words = found.split(betweenWords).filter((word) => word.length > 3 || /\d/.test(word))
  return verbosity > 0 || !words.every(isSaid)
}

/** What is said of a host, without saying of which. */
function withoutHost(text: string, host: string): string {
  if (host === '') return text
  return text.replaceAll(new RegExp(`(?<![\\w.-])${host.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`, 'g'), '')
}
