import type { Mode, Status } from './events.ts'
import { differenceLines } from './differences.ts'
import { duration } from './duration.ts'
import { painted, statusesByWeight, symbolOf, wordFor, type Look } from './look.ts'
import type { ResourceEvent, TaskRecord, TaskResult } from './task-board.ts'
import { columnsOf, pad } from './text.ts'

/** More hosts than this are counted, not named. */
const mostNamed = 3

/** One task of all its hosts: a line, and below it what its resources have to say. */
export function taskLines(record: TaskRecord, mode: Mode, look: Look): readonly string[] {
  const { results, resources, task } = record
  const title = pad(task, titleWidth(look))
  const worst = statusesByWeight.find((status) => results.some((result) => result.status === status)) ?? 'ok'
  const longest = Math.max(0, ...results.map(({ durationMs }) => durationMs))
  const time = longest === 0 ? '' : look.paint.dim(` (${duration(longest)})`)
  const line = `  ${symbolOf(worst, look)} ${title}  ${outcome(results, mode, look)}${time}`
  return [
    line,
    ...notes(record, look),
    ...groups(resources).flatMap((group) => resourceLines(group, results.length, mode, look)),
  ]
}

/** Why a task cannot be foretold, where no resource of it says so. */
function notes({ results, resources }: TaskRecord, { paint }: Look): readonly string[] {
  if (resources.some(({ status }) => status === 'unknown')) return []
  const unknown = results.filter(({ status }) => status === 'unknown')
  const messages = new Set(unknown.flatMap(({ message }) => message ?? []))
  return [...messages].map((message) => paint.dim(`      ${message}`))
}

/** How wide titles are, so that what follows them stands in a column. */
export function titleWidth({ width }: Look): number {
  return Math.min(44, Math.max(24, (width === Infinity ? 100 : width) - 48))
}

/** `node1, node2 changed · 6 ok`, the weightiest first. */
export function outcome(results: readonly TaskResult[], mode: Mode, look: Look): string {
  const named = parts(results, mode, look, mostNamed)
  const room = look.width - titleWidth(look) - 16
  return columnsOf(named) <= room ? named : parts(results, mode, look, 1)
}

function parts(results: readonly TaskResult[], mode: Mode, look: Look, names: number): string {
  const found = statusesByWeight.flatMap((status) => {
    const hosts = results.filter((result) => result.status === status).map(({ host }) => host)
    if (hosts.length === 0) return []
    const alone = hosts.length === results.length && hosts.length > 1
    const who = alone || hosts.length > names ? `${hosts.length}` : hosts.join(', ')
    return [painted(status, `${who} ${wordFor(status, mode)}`, look)]
  })
  return found.join(look.paint.dim(' · '))
}

/** The same resource, in the same way, on these hosts. */
interface Group {
  readonly event: ResourceEvent
  readonly hosts: string[]
  durationMs: number
}

function groups(events: readonly ResourceEvent[]): readonly Group[] {
  const found = new Map<string, Group>()
  for (const event of events) {
    const { kind, id, status, differences, why, durationMs, host } = event
    const key = JSON.stringify([kind, id, status, why, differences])
    const group = found.get(key) ?? { event, hosts: [], durationMs: 0 }
    group.hosts.push(host ?? '')
    group.durationMs = Math.max(group.durationMs, durationMs)
    found.set(key, group)
  }
  return [...found.values()]
}

function resourceLines(group: Group, ofHosts: number, mode: Mode, look: Look): readonly string[] {
  const { event, hosts } = group
  const { paint, verbosity, diff } = look
  const name = event.id.startsWith(`${event.kind}:`) ? event.id.slice(event.kind.length + 1) : event.id
  const where = hosts.length === ofHosts ? '' : paint.dim(`  ${hosts.join(', ')}`)
  const time = verbosity >= 2 ? paint.dim(` (${duration(group.durationMs)})`) : ''
  const word = painted(event.status, pad(wordFor(event.status, mode), wordWidth(mode)), look)
  const head = `      ${word} ${event.kind} ${name}${where}${time}`
  const why = event.why === undefined ? [] : [paint.dim(`${' '.repeat(8)}${event.why}`)]
  const changes = diff ? differenceLines(event.differences ?? [], look).map((line) => `        ${line}`) : []
  return [head, ...why, ...changes]
}

function wordWidth(mode: Mode): number {
  return mode === 'apply' ? columnsOf('changed') : columnsOf(mode === 'check' ? 'would change' : 'reverted')
}

/** Whether the console shows a resource below its task: what needs a human always, the rest as asked for. */
export function isShown(event: ResourceEvent, { verbosity, diff }: Look): boolean {
  const needsHuman: readonly Status[] = ['unknown', 'kept', 'failed']
  if (needsHuman.includes(event.status)) return true
  if (event.status === 'ok' || event.status === 'skipped') return verbosity >= 2
  return verbosity >= 1 || (diff && (event.differences ?? []).length > 0)
}
