import type { RunDirectory } from '../../state/run-directory.ts'
import { changesOf, isAlike, type Change } from './changes.ts'
import { commitWord } from './outcome.ts'
import type { Parts } from './show.ts'

/** How the second of two runs was made otherwise than the first, and what only one of them changed. */
export function compareRuns(a: RunDirectory, b: RunDirectory): Parts {
  const [first, second] = [changesOf(a), changesOf(b)]
  const parts: Parts = [
    ['Told otherwise', toldRows(a, b)],
    [`Only ${a.record.id} changed`, rows(first.filter((change) => !hasThing(second, change)))],
    [`Only ${b.record.id} changed`, rows(second.filter((change) => !hasThing(first, change)))],
    ['Both changed, and left otherwise', rows(second.filter((change) => isOtherwise(first, change)))],
  ]
  const telling = parts.filter(([, data]) => Array.isArray(data) && data.length > 0)
  return telling.length > 0
    ? telling
    : [['Nothing differs', 'They were told the same, and changed the same.']]
}

function rows(changes: readonly Change[]): readonly object[] {
  return changes.map(({ host, thing, change }) => ({ host, thing, change }))
}

function hasThing(changes: readonly Change[], { host, thing }: Change): boolean {
  return changes.some((change) => change.host === host && change.thing === thing)
}

function isOtherwise(changes: readonly Change[], change: Change): boolean {
  return hasThing(changes, change) && !changes.some((other) => isAlike(other, change))
}

/** Whatever they were told that differs: record, groups, variables; a row each. */
function toldRows(a: RunDirectory, b: RunDirectory): readonly object[] {
  const both = new Set((a.record.hosts ?? []).filter((host) => b.record.hosts?.includes(host)))
  const [first, second] = [told(a, both), told(b, both)]
  return [...new Set([...first.keys(), ...second.keys()])]
    .filter((what) => first.get(what) !== second.get(what))
    .map((what) => ({
      what,
      [a.record.id]: first.get(what) ?? '(none)',
      [b.record.id]: second.get(what) ?? '(none)',
    }))
}

/** @param among the hosts whose variables can be compared. */
function told(run: RunDirectory, among: ReadonlySet<string>): ReadonlyMap<string, string> {
  const { playbook, arguments: words, inventory, hosts = [], versions, user } = run.record
  const { groups = {}, variables = {} } = run.configuration() ?? {}
  return new Map([
    ['playbook', playbook],
    ['arguments', words.join(' ')],
    ['inventory', inventory.join(' ')],
    ['hosts', hosts.join(' ')],
    ['user', user],
    ['commit', commitWord(run)],
    ['troupe', versions?.troupe ?? ''],
    ['node', versions?.node ?? ''],
    ...flat('group', groups),
    ...flat('', Object.fromEntries(Object.entries(variables).filter(([host]) => among.has(host)))),
  ])
}

/** Each leaf under its path: `node1 etcd.dataDir`. */
function flat(path: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[path, JSON.stringify(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flat(joined(path, key), inner))
}

/** A host's own name may hold dots, so it stands apart. */
function joined(path: string, key: string): string {
  if (path === '') return key
  return path.includes(' ') ? `${path}.${key}` : `${path} ${key}`
}
