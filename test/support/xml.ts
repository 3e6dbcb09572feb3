/** An element as a reader of XML sees it. */
export interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Node[]
  readonly text: string
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const allowed = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u

/** Reads XML of the simple kind that is written here; throws on what no reader would take. */
export function parseXml(document: string): Node {
  if (!allowed.test(document)) throw new Error('A character stands there that XML does not allow.')
  const [, body = ''] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n([\s\S]*)$/.exec(document) ?? []
  const { node, rest } = readNode(body)
  if (rest.trim() !== '') throw new Error(`After the end there is more: ${rest.slice(0, 40)}`)
  return node
}

/** All elements of this name below a node, in order. */
export function all(node: Node, name: string): readonly Node[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)])
}

function readNode(input: string): { readonly node: Node; readonly rest: string } {
  const [head, name = '', given = '', end] = /^<([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/.exec(input) ?? []
  if (head === undefined) throw new Error(`This is no element: ${input.slice(0, 60)}`)
  const pairs = [...given.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
    key,
    plain(value),
  ])
  const attributes = Object.fromEntries(pairs) as Record<string, string>
  if (pairs.length !== Object.keys(attributes).length) throw new Error(`${name} has an attribute twice.`)
  let rest = input.slice(head.length)
  if (end === '/') return { node: { name, attributes, children: [], text: '' }, rest }
  const children: Node[] = []
  let text = ''
  while (!rest.startsWith('</')) {
    const next = rest.indexOf('<')
    if (next < 0) throw new Error(`${name} does not end.`)
    text += plain(rest.slice(0, next))
    rest = rest.slice(next)
    if (rest.startsWith('</')) break
    const child = readNode(rest)
    children.push(child.node)
    rest = child.rest
  }
  if (!rest.startsWith(`</${name}>`)) throw new Error(`${name} is ended by ${rest.slice(0, 20)}`)
  return { node: { name, attributes, children, text }, rest: rest.slice(name.length + 3) }
}

function plain(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|(\w+));|&/g, (found, code?: string, entity?: string) => {
    const character = code === undefined ? entities[entity ?? ''] : String.fromCodePoint(Number(code))
    if (character === undefined) throw new Error(`${found} stands for nothing.`)
    return character
  })
}
