import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import PQueue from 'p-queue'
import { isJson } from '../vars/is-json.ts'
import { parseVariables } from '../vars/yaml-file.ts'
import type { GroupGraph } from './group-graph.ts'
import { setGroupVariable } from './group-variable.ts'
import { InventoryError, type InventoryWarning } from './inventory-error.ts'
import { sealPassword, type Located, type Variables } from './located.ts'

const run = promisify(execFile)
const patienceMs = 300_000
const mostOutput = 256 * 1024 * 1024
/** Of those that a script without `_meta` is asked for at a time. */
const hostsAtOnce = 8

/** Asks a program for its hosts, as Ansible does: `--list`, and `--host NAME` of each where it gives no `_meta`. */
export async function readScript(file: string, graph: GroupGraph): Promise<readonly InventoryWarning[]> {
  const { said, warnings } = await ask(file, ['--list'])
  const groups = [...said].filter(([name]) => name !== '_meta')
  const named = new Set(groups.flatMap(([name, content]) => readGroup(name, content, graph)))
  const known = said.get('_meta')?.entries?.get('hostvars')
  if (known !== undefined && known.entries === undefined) throw notA('map', '_meta.hostvars', known)
  const answers = known?.entries === undefined ? await askEach(file, named) : toldOf(named, known.entries)
  for (const { host, said: vars } of answers)
    for (const [name, value] of vars) graph.hosts.get(host)?.vars.set(name, sealPassword(name, value))
  return [...warnings, ...answers.flatMap((answer) => answer.warnings)]
}

interface HostAnswer extends Answer {
  readonly host: string
}

async function askEach(file: string, hosts: ReadonlySet<string>): Promise<readonly HostAnswer[]> {
  const queue = new PQueue({ concurrency: hostsAtOnce })
  return queue.addAll(
    [...hosts].map((host) => async () => ({ host, ...(await ask(file, ['--host', host])) })),
  )
}

function toldOf(hosts: ReadonlySet<string>, known: Variables): readonly HostAnswer[] {
  return [...hosts].map((host) => ({
    host,
    said: mapOf(known.get(host), `_meta.hostvars.${host}`),
    warnings: [],
  }))
}

/** The hosts of a group; a list stands for hosts, a map without any of the three words for a host with its variables. */
function readGroup(group: string, content: Located, graph: GroupGraph): readonly string[] {
  graph.addGroup(group)
  const { hosts, vars, children } = partsOf(group, content)
  for (const host of hosts) graph.addHost(host, group)
  for (const [name, value] of vars) setGroupVariable(graph, group, name, sealPassword(name, value))
  for (const { child, at } of children) {
    if (graph.addChild(group, child)) continue
    throw new InventoryError(
      at.origin,
      `"${child}" cannot be a child of "${group}": ${group} belongs to ${child} already`,
      'Correct the program.',
    )
  }
  return hosts
}

interface Parts {
  readonly hosts: readonly string[]
  readonly vars: Variables
  readonly children: readonly { readonly child: string; readonly at: Located }[]
}

function partsOf(group: string, content: Located): Parts {
  const { entries } = content
  if (entries === undefined) return { hosts: namesIn(content, `${group}`), vars: new Map(), children: [] }
  if (!['hosts', 'vars', 'children'].some((word) => entries.has(word)))
    return { hosts: [group], vars: entries, children: [] }
  const children = namesIn(entries.get('children'), `${group}.children`)
  return {
    hosts: namesIn(entries.get('hosts'), `${group}.hosts`),
    vars: mapOf(entries.get('vars'), `${group}.vars`),
    children: children.map((child) => ({ child, at: content })),
  }
}

interface Answer {
  readonly said: Variables
  readonly warnings: readonly InventoryWarning[]
}

async function ask(file: string, args: readonly string[]): Promise<Answer> {
  const spot = { file: [file, ...args].join(' ') }
  const { stdout, stderr } = await output(file, args, spot)
  const text = stdout.trim()
  if (text !== '' && !isJson(text)) {
    throw new InventoryError(
      spot,
      'expected JSON from the program, found something else',
      `Start it as ${spot.file} and see what it prints; what is not JSON belongs on stderr.`,
    )
  }
  const told = stderr.trim()
  return {
    said: await parseVariables(text, spot.file),
    warnings: told === '' ? [] : [{ ...spot, message: told }],
  }
}

async function output(file: string, args: readonly string[], spot: { readonly file: string }) {
  try {
    return await run(file, args, { timeout: patienceMs, maxBuffer: mostOutput })
  } catch (cause) {
    const { code, killed, stderr = '' } = cause as { code?: unknown; killed?: boolean; stderr?: string }
    if (code === 'EACCES')
      throw new InventoryError(
        spot,
        'expected a program that may be run, found none',
        `Run chmod +x ${file}, or take its first line away if it is no program.`,
        { cause },
      )
    const ended =
      killed === true
        ? `had not ended after ${patienceMs / 1000} s`
        : typeof code === 'number'
          ? `ended with exit code ${code}`
          : `cannot be run (${String(code)})`
    const said = stderr.trim() === '' ? '' : `: ${stderr.trim().slice(-2000)}`
    const advice = `Start it as ${spot.file}, and mend it there.`
    throw new InventoryError(spot, `expected an inventory from the program, but it ${ended}${said}`, advice, {
      cause,
    })
  }
}

function namesIn(found: Located | undefined, where: string): readonly string[] {
  if (found === undefined) return []
  const { items } = found
  const names = items?.flatMap(({ value }) => (typeof value === 'string' && value !== '' ? [value] : []))
  if (items === undefined || names?.length !== items.length) throw notA('list of names', where, found)
  return names
}

function mapOf(found: Located | undefined, where: string): Variables {
  if (found === undefined) return new Map()
  if (found.entries === undefined) throw notA('map', where, found)
  return found.entries
}

function notA(expected: string, where: string, { origin }: Located): InventoryError {
  return new InventoryError(
    origin,
    `expected a ${expected} as ${where}, found something else`,
    'Correct the program.',
  )
}
