/** One element of what is written by the rules of DER: a certificate is such elements in each other. */
interface Element {
  readonly tag: number
  readonly content: Buffer
}

const extensionsTag = 0xa3

/** The elements that stand one after the other. */
export function elementsIn(der: Buffer): readonly Element[] {
  const elements: Element[] = []
  for (let at = 0; at < der.length;) {
    const { start, length } = lengthAt(der, at + 1)
    elements.push({ tag: der.readUInt8(at), content: der.subarray(start, start + length) })
    at = start + length
  }
  return elements
}

/** What an extension of a certificate holds; undefined where the certificate does not have it. */
export function extensionOf(certificate: Buffer, oid: Buffer): Buffer | undefined {
  const [whole] = elementsIn(certificate)
  const [signed] = elementsIn(whole?.content ?? empty)
  const extensions = elementsIn(signed?.content ?? empty).find(({ tag }) => tag === extensionsTag)
  const [list] = elementsIn(extensions?.content ?? empty)
  for (const { content } of elementsIn(list?.content ?? empty)) {
    const parts = elementsIn(content)
    if (parts[0]?.content.equals(oid) === true) return parts.at(-1)?.content
  }
  return undefined
}

const empty = Buffer.alloc(0)

function lengthAt(der: Buffer, at: number): { readonly start: number; readonly length: number } {
  const first = der.readUInt8(at)
  if (first < 0x80) return { start: at + 1, length: first }
  const bytes = first & 0x7f
  return { start: at + 1 + bytes, length: der.readUIntBE(at + 1, bytes) }
}
