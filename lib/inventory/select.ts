import { UserError } from '../errors.ts'
import { aliasedGroup } from './aliases.ts'
import { globExpression, hasGlob } from './glob.ts'
import type { Inventory } from './inventory.ts'
import { isLocalhost } from './localhost.ts'
import { didYouMean } from './nearest.ts'
import { pythonExpression } from './python-expression.ts'
import { splitPattern } from './split-pattern.ts'

export interface SelectOptions {
  /** A name that the inventory does not have: a slip in what a user types; natural for a stage of a playbook. */
  readonly unknown?: 'refuse' | 'ignore'
}

/**
 * The hosts that a pattern names, or one that is split already: groups, hosts, `all`, globs, `~regex`, `group[0:2]`;
 * several with commas or colons between them. First all plain ones count, then `&those` are kept, then `!those` are left out, wherever they stand.
 */
export function selectHosts(
  inventory: Inventory,
  pattern: string | readonly string[],
  options: SelectOptions = {},
): readonly string[] {
  const terms = typeof pattern === 'string' ? splitPattern(pattern) : pattern
  const match = (term: string) => new Set(matches(inventory, term, options))
  const plain = terms.filter((term) => !/^[&!]/.test(term))
  const kept = terms.filter((term) => term.startsWith('&')).map((term) => match(term.slice(1)))
  const left = terms.filter((term) => term.startsWith('!')).map((term) => match(term.slice(1)))
  const named = new Set(inventory.mentioned)
  const chosen = new Set(
    (plain.length > 0 ? plain : ['all']).flatMap((term) => (named.has(term) ? [term] : [...match(term)])),
  )
  return [...chosen].filter(
    (host) => kept.every((names) => names.has(host)) && !left.some((names) => names.has(host)),
  )
}

function matches(inventory: Inventory, term: string, options: SelectOptions): readonly string[] {
  const { word, slice } = splitSlice(term)
  const found = enumerate(inventory, word)
  if (found !== undefined) return slice === undefined ? found : sliced(found, slice, term)
  if (isLocalhost(word)) return [word]
  if (options.unknown === 'ignore') return []
  const known = [...inventory.groups.keys(), ...inventory.hosts.map((host) => host.name)]
  throw new UserError(`The inventory has no host and no group "${word}".`, didYouMean(word, known))
}

/** Undefined when neither a group nor a host is called so, which is not the same as a group without hosts. */
function enumerate(inventory: Inventory, word: string): readonly string[] | undefined {
  const expression = expressionOf(word)
  const groups = [...inventory.groups.values()].filter((group) => expression.test(group.name))
  const asksHosts = groups.length === 0 || word.startsWith('~') || word.includes('.') || hasGlob(word)
  const hosts = asksHosts ? inventory.mentioned.filter((name) => expression.test(name)) : []
  // A host of two of them is counted twice by a slice, as in Ansible.
  if (groups.length > 0 || hosts.length > 0) return [...groups.flatMap((group) => group.hosts), ...hosts]
  const alias = aliasedGroup(inventory, word)
  return alias === undefined ? undefined : inventory.group(alias)
}

function expressionOf(word: string): RegExp {
  if (!word.startsWith('~')) return globExpression(word)
  try {
    return pythonExpression(word.slice(1))
  } catch (cause) {
    const advice = 'Correct what stands behind the ~.'
    throw new UserError(`"${word}" is no regular expression.`, advice, { cause })
  }
}

interface Slice {
  readonly first: number
  /** Included; absent for a single host. */
  readonly last?: number
}

function splitSlice(term: string): { readonly word: string; readonly slice?: Slice } {
  const match = term.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(term)
  if (match === null) return { word: term }
  const [, word = '', single, first, last] = match
  // Ansible reads [2:0] as [2].
  if (single !== undefined || Number(last || -1) === 0)
    return { word, slice: { first: Number(single ?? first) } }
  return { word, slice: { first: Number(first), last: last === '' ? Infinity : Number(last) } }
}

function sliced(hosts: readonly string[], { first, last }: Slice, term: string): readonly string[] {
  if (last !== undefined || hosts.length === 0) return hosts.slice(first, (last ?? first) + 1)
  const host = hosts.at(first)
  if (host !== undefined) return [host]
  throw new UserError(
    `"${term}" asks for a host beyond the end: there are ${hosts.length}.`,
    'Counting starts at 0.',
  )
}
