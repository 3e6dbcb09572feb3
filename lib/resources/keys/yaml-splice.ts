import {
  isCollection,
  isMap,
  isScalar,
  stringify,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { Key } from './format.ts'

/** What to put in the place of a part of a text. */
export interface Splice {
  readonly at: number
  readonly until: number
  readonly by: string
}

/** How values look in a file. */
export interface Look {
  /** JSON has no blocks: its braces are parted into lines instead. */
  readonly blocks: boolean
  /** One step of indentation; none where all stands on one line. */
  readonly indent: string
}

interface Found {
  readonly map: YAMLMap
  readonly name: string
  /** The pair of that name, and what of the key is left to be found in its value. */
  readonly pair: Pair | undefined
  readonly rest: Key
}

/** The smallest edit that sets a key; undefined where none is to be had. */
export function settingOf(
  text: string,
  document: Document,
  { key, value }: { readonly key: Key; readonly value: unknown },
  look: Look,
): Splice | undefined {
  const { contents } = document
  if (contents === null) return appended(text, nested(key, value), look)
  const found = isMap(contents) ? find(contents, key) : undefined
  if (found === undefined) return undefined
  const inner = nested(found.rest, value)
  return found.pair === undefined
    ? inserted(text, found, inner, look)
    : replaced(text, { pair: found.pair, flow: found.map.flow === true }, inner, look)
}

/** The smallest edit that removes a key; a map that loses its last one stays, as `{}`. */
export function removalOf(text: string, { contents }: Document, key: Key, look: Look): Splice | undefined {
  const found = isMap(contents) ? find(contents, key) : undefined
  if (found?.pair === undefined || found.rest.length > 0) return undefined
  const { map, pair } = found
  const at = map.items.indexOf(pair)
  const [previous, next] = [map.items[at - 1], map.items[at + 1]]
  if (map.flow === true) {
    if (next !== undefined) return { at: startOf(pair), until: startOf(next), by: '' }
    if (previous !== undefined) return { at: endOf(previous), until: endOf(pair), by: '' }
    return { at: map.range?.[0] ?? 0, until: map.range?.[1] ?? 0, by: '{}' }
  }
  if (map.items.length > 1 || map === contents) {
    return { at: lineStart(text, startOf(pair)), until: lineEnd(text, endOf(pair)), by: '' }
  }
  const above = isMap(contents) ? find(contents, key.slice(0, -1)) : undefined
  return above?.pair === undefined ? undefined : replaced(text, { pair: above.pair, flow: false }, {}, look)
}

/** One step of indentation in a text, of its first line that is indented. */
export function indentIn(text: string, otherwise: string): string {
  return /\n([ \t]+)[^\s#]/.exec(text)?.[1] ?? otherwise
}

function find(root: YAMLMap, key: Key): Found | undefined {
  let map = root
  for (const [index, name] of key.entries()) {
    const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === name)
    const rest = key.slice(index + 1)
    const within = pair?.value
    // What is empty in a block becomes a block itself.
    const fresh = isMap(within) && within.items.length === 0 && map.flow !== true
    if (rest.length === 0 || !isMap(within) || fresh) return { map, name, pair, rest }
    map = within
  }
  return undefined
}

function replaced(
  text: string,
  { pair, flow }: { readonly pair: Pair; readonly flow: boolean },
  value: unknown,
  look: Look,
): Splice | undefined {
  const colon = text.indexOf(':', (pair.key as Node).range?.[1]) + 1
  const old = pair.value as Node | null
  const [start, end] = old?.range ?? [colon, colon]
  const wasBlock = old !== null && isBlock(old)
  const column = startOf(pair) - lineStart(text, startOf(pair))
  if (!flow && look.blocks && isFilled(value)) {
    const by = `\n${indented(block(value, look), `${' '.repeat(column)}${look.indent}`)}${wasBlock ? '\n' : ''}`
    return { at: colon, until: end, by }
  }
  const written = inline(text, start, value, flow, look)
  if (wasBlock) return { at: colon, until: end, by: ` ${written}\n` }
  return start === end ? { at: colon, until: end, by: ` ${written}` } : { at: start, until: end, by: written }
}

function inserted(text: string, { map, name }: Found, value: unknown, look: Look): Splice | undefined {
  const last = map.items.at(-1)
  const [start = 0, end = 0] = map.range ?? []
  if (map.flow === true) {
    const parted = look.indent !== '' && !look.blocks
    const lines = text.slice(start, end).includes('\n') || (last === undefined && parted)
    const near = indentationAt(text, last === undefined ? start : startOf(last))
    const own = last === undefined ? `${near}${look.indent}` : near
    const member = `${JSON.stringify(name)}:${look.blocks || parted ? ' ' : ''}${json(value, look, own)}`
    if (last === undefined)
      return { at: start, until: end, by: lines ? `{\n${own}${member}\n${near}}` : `{${member}}` }
    const gap = lines ? `\n${own}` : look.blocks || parted ? ' ' : ''
    return { at: endOf(last), until: endOf(last), by: `,${gap}${member}` }
  }
  if (last === undefined) return undefined
  const at = lineEnd(text, endOf(last))
  const column = startOf(last) - lineStart(text, startOf(last))
  const lines = indented(block({ [name]: value }, look), ' '.repeat(column))
  return { at, until: at, by: `${text[at - 1] === '\n' ? '' : '\n'}${lines}\n` }
}

function appended(text: string, value: unknown, look: Look): Splice {
  const by = look.blocks ? block(value, look) : JSON.stringify(value, null, look.indent)
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  return { at: text.length, until: text.length, by: `${gap}${by}\n` }
}

function nested(key: Key, value: unknown): unknown {
  return key.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
}

function inline(text: string, at: number, value: unknown, flow: boolean, look: Look): string {
  if (!look.blocks) return json(value, look, indentationAt(text, at))
  const plain = block(value, look)
  return flow || plain.includes('\n') ? JSON.stringify(value) : plain
}

function json(value: unknown, look: Look, indentation: string): string {
  return look.blocks || look.indent === ''
    ? JSON.stringify(value)
    : JSON.stringify(value, null, look.indent).replaceAll('\n', `\n${indentation}`)
}

// Readers of YAML 1.1 take yes, on and 0o7 for something else than texts, so these are quoted.
function block(value: unknown, { indent }: Look): string {
  return stringify(value, { compat: 'yaml-1.1', indent: Math.max(indent.length, 1), lineWidth: 0 }).replace(
    /\n$/,
    '',
  )
}

function indented(lines: string, by: string): string {
  return lines.replaceAll(/^(?=.)/gm, by)
}

function isBlock(node: Node): boolean {
  if (isCollection(node)) return node.flow !== true
  return isScalar(node) && ['BLOCK_LITERAL', 'BLOCK_FOLDED'].includes((node as Scalar).type ?? '')
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function startOf({ key }: Pair): number {
  return (key as Node).range?.[0] ?? 0
}

function endOf({ key, value }: Pair): number {
  return (value as Node | null)?.range?.[1] ?? (key as Node).range?.[1] ?? 0
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

/** Where the line ends that this is the end of something in. */
function lineEnd(text: string, at: number): number {
  if (text[at - 1] === '\n') return at
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}

function indentationAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? ''
}
