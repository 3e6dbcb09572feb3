/** An element of an XML document; what is undefined among its attributes is left away. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number | undefined>>
  readonly children: readonly (Element | string)[]
}

export function element(
  name: string,
  attributes: Element['attributes'],
  ...children: Element['children']
): Element {
  return { name, attributes, children }
}

/** A document that every reader of XML 1.0 takes, whatever stands in its texts. */
export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${print(root, '')}\n`
}

function print({ name, attributes, children }: Element, indent: string): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  const head = [name, ...given.map(([key, value]) => `${key}="${inAttribute(String(value))}"`)].join(' ')
  if (children.length === 0) return `${indent}<${head}/>`
  const [text] = children
  // A text is all that its element holds, and no space may be added to it.
  if (typeof text === 'string') return `${indent}<${head}>${escaped(text)}</${name}>`
  const elements = children.filter((child) => typeof child !== 'string')
  const inner = elements.map((child) => print(child, `${indent}  `)).join('\n')
  return `${indent}<${head}>\n${inner}\n${indent}</${name}>`
}

/** Not even escaped may the others stand in a document: control characters, halves of a pair. */
const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

function escaped(text: string): string {
  return text
    .replaceAll(forbidden, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** A reader makes a space of what breaks a line there. */
function inAttribute(text: string): string {
  return escaped(text)
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
}
