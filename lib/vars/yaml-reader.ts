import type * as Yaml from 'yaml'
import type { Alias, Document, LineCounter, Node, Pair, Scalar } from 'yaml'
import { UserError } from '../errors.ts'
import { locatedList, locatedMap, originText, type Located, type Origin } from '../inventory/located.ts'
import { conceal, Secret } from '../secrets/secret.ts'
import { withEnvironment, type Missing } from './env-references.ts'
import type { Sources } from './sources.ts'
import type { yamlScalar } from './yaml-scalar.ts'

export interface Reading {
  readonly file: string
  readonly sources: Sources
  /** All of it was encrypted, so nothing of it may be printed. */
  readonly concealed: boolean
  /** How a plain scalar is typed. */
  readonly scalar: typeof yamlScalar
}

/** Reads the nodes of one document, once what is encrypted in it has been opened. */
export class YamlReader {
  readonly #yaml: typeof Yaml
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #reading: Reading
  readonly #open = new Set<Node>()
  /** What stood encrypted in the midst of others. */
  readonly #opened = new Map<Node, string>()
  /** What is referred to, and not set. */
  readonly missing: Missing[] = []
  constructor(yaml: typeof Yaml, document: Document, lines: LineCounter, reading: Reading) {
    this.#yaml = yaml
    this.#document = document
    this.#lines = lines
    this.#reading = reading
  }

  /** Opens all encrypted values, side by side; to be awaited before anything is read. */
  async open({ vault }: Sources): Promise<void> {
    const encrypted: Scalar[] = []
    this.#yaml.visit(this.#document, {
      Scalar: (_, node) => void (isEncrypted(node) && encrypted.push(node)),
    })
    await Promise.all(
      encrypted.map(async (node) => {
        const origin = this.#place(node, { file: this.#reading.file })
        this.#opened.set(node, (await vault.open(String(node.value), origin)).toString())
      }),
    )
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
    return this.#withSources(node, this.#readScalar(node, fallback))
  }

  /** As it stands there. */
  #readScalar(node: Scalar, fallback: Origin): Located {
    this.#refuseTag(node, fallback)
    const source = typeof node.value === 'string' ? node.value : ''
    if (node.type !== 'PLAIN' || node.tag === '!!str' || node.tag === 'tag:yaml.org,2002:str') {
      return { value: source, origin: fallback }
    }
    const value = this.#reading.scalar(source)
    return { value, origin: fallback, ...(value !== source && value !== null && { written: source }) }
  }

  /** What it comes to: opened where it was encrypted, with what the environment says. */
  #withSources(node: Scalar, located: Located): Located {
    const { value, origin, written } = located
    const { concealed, sources } = this.#reading
    const opened = this.#opened.get(node)
    if (opened !== undefined) return { value: new Secret(opened, originText(origin)), origin }
    const isText = typeof value === 'string'
    // A number as well, which may be somebody's password; yes and no are nobody's.
    if (concealed && (isText || typeof value === 'number')) conceal(written ?? String(value))
    if (!isText || sources.env === undefined) return located
    return { value: withEnvironment(value, origin, sources.env, (what) => this.missing.push(what)), origin }
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
      const key = this.#yaml.isScalar(pair.key)
        ? this.#readScalar(pair.key, origin)
        : this.read(pair.key, origin)
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
    return { file: this.#reading.file, line, column: col }
  }

  #refuseTag(node: Node, origin: Origin): void {
    if (
      node.tag === undefined ||
      isEncrypted(node) ||
      /^(?:!unsafe|!|!!str|tag:yaml\.org,2002:str)$/.test(node.tag)
    )
      return
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

function isEncrypted({ tag }: Node): boolean {
  return tag === '!vault' || tag === '!vault-encrypted'
}
