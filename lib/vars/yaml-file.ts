import type * as Yaml from 'yaml'
import type { Alias, Document, LineCounter, Node, Pair } from 'yaml'
import { UserError } from '../errors.ts'
import {
  locatedList,
  locatedMap,
  originText,
  type Located,
  type Origin,
  type Variables,
} from '../inventory/located.ts'
import { isJson } from './is-json.ts'
import { jsonScalar, yamlScalar } from './yaml-scalar.ts'

/** Reads YAML or JSON whose top is a map of variables; every value knows its place. */
export async function parseVariables(text: string, file: string): Promise<Variables> {
  if (text.startsWith('$ANSIBLE_VAULT;')) throw encrypted({ file, line: 1 })
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  // The scalars are typed here, as Ansible types them; the library's YAML 1.1 differs in details.
  const document = yaml.parseDocument(text, { schema: 'failsafe', lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) {
    const [{ line, col }] = error.linePos ?? [lines.linePos(0)]
    const [reason = ''] = error.message.split(/ at line \d+/)
    const where = originText({ file, line, column: col })
    // Without the cause: it quotes the file, which may hold secrets.
    throw new UserError(`${where}: expected YAML, but: ${reason}`, 'Correct the file at this place.')
  }
  const top = new Reader(yaml, document, lines, file, isJson(text) ? jsonScalar : yamlScalar).read(
    document.contents,
    { file, line: 1 },
  )
  if (top.value === null) return new Map()
  if (top.entries !== undefined) return top.entries
  const found = top.items === undefined ? 'text' : 'a list'
  throw new UserError(
    `${originText(top.origin)}: expected a map of variables, found ${found}`,
    'Write "name: value", one variable a line.',
  )
}

class Reader {
  readonly #yaml: typeof Yaml
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #file: string
  readonly #scalar: typeof yamlScalar
  readonly #open = new Set<Node>()
  constructor(
    yaml: typeof Yaml,
    document: Document,
    lines: LineCounter,
    file: string,
    scalar: typeof yamlScalar,
  ) {
    this.#yaml = yaml
    this.#document = document
    this.#lines = lines
    this.#file = file
    this.#scalar = scalar
  }

  read(node: unknown, fallback: Origin): Located {
    const { isAlias, isMap, isScalar, isSeq } = this.#yaml
    if (isAlias(node)) return this.#readAlias(node, fallback)
    if (isMap<Node, Node>(node)) return locatedMap(this.#entries(node.items, fallback), fallback)
    if (isSeq<Node>(node)) {
      return locatedList(
        node.items.map((item) => this.read(item, this.#place(item, fallback))),
        fallback,
      )
    }
    if (!isScalar(node)) return { value: null, origin: fallback }
    this.#refuseTag(node, fallback)
    const source = typeof node.value === 'string' ? node.value : ''
    if (node.type !== 'PLAIN' || node.tag === '!!str' || node.tag === 'tag:yaml.org,2002:str') {
      return { value: source, origin: fallback }
    }
    const value = this.#scalar(source)
    return { value, origin: fallback, ...(value !== source && value !== null && { written: source }) }
  }

  #readAlias(alias: Alias, origin: Origin): Located {
    const target = alias.resolve(this.#document)
    if (target !== undefined && !this.#open.has(target)) {
      this.#open.add(target)
      const located = this.read(target, origin)
      this.#open.delete(target)
      return located
    }
    const why = target === undefined ? 'there is no such anchor before it' : 'it would hold itself'
    throw new UserError(
      `${originText(origin)}: expected a value, found the alias *${alias.source}, but ${why}`,
      'Write the value itself.',
    )
  }

  #entries(pairs: readonly Pair<Node, Node>[], fallback: Origin): Map<string, Located> {
    const own = new Map<string, Located>()
    const merged = new Map<string, Located>()
    for (const pair of pairs) {
      const origin = this.#place(pair.key, fallback)
      const key = this.read(pair.key, origin)
      const value = this.read(pair.value, origin)
      if (key.value === '<<') for (const [name, item] of mergedEntries(value)) merged.set(name, item)
      else own.set(key.written ?? String(key.value as string), value)
    }
    return new Map([...merged, ...own])
  }

  #place(node: unknown, fallback: Origin): Origin {
    const offset = this.#yaml.isNode(node) ? node.range?.[0] : undefined
    if (offset === undefined) return fallback
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.#file, line, column: col }
  }

  #refuseTag(node: Node, origin: Origin): void {
    if (node.tag === '!vault') throw encrypted(origin)
    if (node.tag === undefined || /^(?:!unsafe|!|!!str|tag:yaml\.org,2002:str)$/.test(node.tag)) return
    throw new UserError(
      `${originText(origin)}: expected a plain value, found the tag ${node.tag}`,
      'Write the value without a tag.',
    )
  }
}

/** What `<<` brings: one map, or several of which the first wins. */
function mergedEntries({ entries, items }: Located): readonly (readonly [string, Located])[] {
  if (items === undefined) return [...(entries ?? [])]
  return items.toReversed().flatMap((item) => [...(item.entries ?? [])])
}

function encrypted(origin: Origin): UserError {
  return new UserError(
    `${originText(origin)}: expected plain YAML, found a value encrypted by ansible-vault, which cannot be read`,
    'Decrypt it with ansible-vault, and give it in a file of mode 0600 with -e @FILE.',
  )
}
