import type { GroupGraph } from './group-graph.ts'
import { parseHostLine, shownLine } from './host-line.ts'
import { InventoryError } from './inventory-error.ts'
import { locate } from './located.ts'
import { didYouMean } from './nearest.ts'
import { PendingGroups } from './pending-groups.ts'
import { pythonValue } from './python-literal.ts'

/** A line of a file. */
export interface Line {
  readonly file: string
  readonly line: number
}

/** Something that can be read, but probably means something else to whoever wrote it. */
export interface InventoryWarning extends Line {
  readonly message: string
}

interface Section {
  readonly group: string
  readonly kind: 'hosts' | 'children' | 'vars'
}

const sectionHeader = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
const groupName = /^([^:\]\s]+)\s*(?:#.*)?$/

/** Reads an INI inventory into the graph, as Ansible does, and refuses what Ansible would pass over. */
export function readIni(text: string, file: string, graph: GroupGraph): readonly InventoryWarning[] {
  const warnings: InventoryWarning[] = []
  const pending = new PendingGroups(graph)
  let section: Section = { group: 'ungrouped', kind: 'hosts' }

  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
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
  for (const name of names) {
    const before = graph.hosts.get(name)?.vars.get('ansible_port')?.value
    if (port !== undefined && before !== undefined && before !== port) {
      throw new InventoryError(
        at,
        `the port of ${name} is ${port} here and ${JSON.stringify(before)} on an earlier line`,
        'Write the port once, where the host is mentioned first.',
      )
    }
    const host = graph.addHost(name, group)
    if (port !== undefined) host.vars.set('ansible_port', locate('ansible_port', port, at))
    for (const [key, variable] of variables) host.vars.set(key, variable)
  }
  return warnings.map((message) => ({ ...at, message }))
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
  if (name === 'ansible_group_priority') graph.addGroup(group).priority = priority(value, at)
  else graph.addGroup(group).vars.set(name, locate(name, value, at, value === written ? undefined : written))
  if (value !== written || !/\s#/.test(written)) return []
  const message = `the value of ${name} holds the "#" and all after it; give the comment a line of its own`
  return [{ ...at, message }]
}

function priority(value: unknown, at: Line): number {
  const number = Number(value)
  if (Number.isInteger(number)) return number
  throw new InventoryError(
    at,
    `expected a whole number as ansible_group_priority, found ${JSON.stringify(value)}`,
    'Write a number; the group with the higher one wins among groups of equal depth.',
  )
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
