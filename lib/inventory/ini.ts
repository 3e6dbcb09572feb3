import { addHosts } from './add-hosts.ts'
import type { GroupGraph } from './group-graph.ts'
import { setGroupVariable } from './group-variable.ts'
import { parseHostLine, shownLine } from './host-line.ts'
import { InventoryError, type InventoryWarning } from './inventory-error.ts'
import { locate } from './located.ts'
import { didYouMean } from './nearest.ts'
import { PendingGroups } from './pending-groups.ts'
import { pythonValue } from './python-literal.ts'
import { typingTraps } from './typing-traps.ts'

/** A line of a file. */
interface Line {
  readonly file: string
  readonly line: number
}

interface Section {
  readonly group: string
  readonly kind: 'hosts' | 'children' | 'vars'
}

const sectionHeader = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
/** Where Python's `splitlines` ends a line. */
const lineEnd = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/
const groupName = /^([^:\]\s]+)\s*(?:#.*)?$/

/** Reads an INI inventory into the graph, as Ansible does, and refuses what Ansible would pass over. */
export function readIni(text: string, file: string, graph: GroupGraph): readonly InventoryWarning[] {
  const warnings: InventoryWarning[] = []
  const pending = new PendingGroups(graph)
  let section: Section = { group: 'ungrouped', kind: 'hosts' }

  for (const [index, raw] of text.split(lineEnd).entries()) {
    // Takes a byte order mark away, too.
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const at = { file, line: index + 1 }
    if (line.includes('\uFFFD')) throw notUtf8(at)

    if (isHeader(line)) {
      section = parseHeader(line, at)
      if (section.kind === 'vars') pending.mention(section.group, `${section.group}:vars`, at)
      else pending.declare(section.group)
      graph.addGroup(section.group)
    } else if (section.kind === 'hosts') {
      warnings.push(...readHostLine(line, at, section.group, graph))
    } else if (section.kind === 'vars') {
      warnings.push(...readVariable(line, at, section.group, graph))
    } else {
      pending.addChild(section.group, parseChild(line, at), at)
    }
  }
  pending.end()
  return warnings
}

/** `[v6]:22` and `[1:3]web` are hosts; `[group] ; comment` is none, though Ansible takes it for one. */
function isHeader(line: string): boolean {
  return sectionHeader.test(line) || /^\[.*\]$/.test(line) || /^\[[^\]]*\]\s*;/.test(line)
}

function parseHeader(line: string, at: Line): Section {
  const [, group, kind = 'hosts'] = sectionHeader.exec(line) ?? []
  if (group === undefined) {
    throw new InventoryError(
      at,
      `expected a section like [group], [group:vars] or [group:children], found ${line}`,
      'Write the name without spaces and without further brackets; only a # may start a comment behind it.',
    )
  }
  if (kind !== 'hosts' && kind !== 'children' && kind !== 'vars') {
    const advice = didYouMean(kind, ['hosts', 'children', 'vars'])
    throw new InventoryError(at, `expected hosts, children or vars behind the colon, found "${kind}"`, advice)
  }
  return { group, kind }
}

function readHostLine(line: string, at: Line, group: string, graph: GroupGraph): InventoryWarning[] {
  const { names, port, variables, warnings } = parseHostLine(line, at)
  const told = [...warnings, ...addHosts(graph, { names, port, group, variables, spot: at })]
  return told.map((message) => ({ ...at, message }))
}

function readVariable(line: string, at: Line, group: string, graph: GroupGraph): InventoryWarning[] {
  const equals = line.indexOf('=')
  const name = line.slice(0, equals).trim()
  if (equals < 0 || name === '') {
    const advice = `Every line under [${group}:vars] sets one variable.`
    throw new InventoryError(at, `expected name=value, found ${shownLine(line)}`, advice)
  }
  const written = line.slice(equals + 1).trim()
  const value = pythonValue(written)
  setGroupVariable(graph, group, name, locate(name, value, at, value === written ? undefined : written))
  if (value !== written) return []
  const comment = /\s#/.test(written)
    ? [`the value of ${name} holds the "#" and all after it; give the comment a line of its own`]
    : []
  const traps = [...comment, ...typingTraps(name, written, 'write it as Python does')]
  return traps.map((message) => ({ ...at, message }))
}

function parseChild(line: string, at: Line): string {
  const name = groupName.exec(line)?.[1]
  if (name !== undefined) return name
  throw new InventoryError(
    at,
    `expected the name of a group, found ${line}`,
    'Under [group:children] stands one group a line, without variables.',
  )
}

function notUtf8(at: Line): InventoryError {
  return new InventoryError(at, 'expected UTF-8, found other bytes', 'Save the file as UTF-8.')
}
