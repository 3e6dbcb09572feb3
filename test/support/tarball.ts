import { gzipSync } from 'node:zlib'

/** What an archive is to hold: a name that ends with a slash is a folder, `-> x` a link, `#!` a program. */
export type Contents = Readonly<Record<string, string | Buffer>>

const block = 512

/** An archive with these members, exactly as named, as no tar would write where it is told not to. */
export function tarball(contents: Contents): Buffer {
  const parts = Object.entries(contents).flatMap(([name, content]) => {
    const text = content.toString()
    const link = text.startsWith('-> ') ? text.slice(3) : undefined
    const folder = name.endsWith('/')
    const bytes = Buffer.from(folder || link !== undefined ? '' : content)
    const type = folder ? '5' : link === undefined ? '0' : '2'
    const mode = folder || text.startsWith('#!') ? 0o755 : 0o644
    const padding = Buffer.alloc((block - (bytes.length % block)) % block)
    return [header(name, { type, mode, size: bytes.length, link: link ?? '' }), bytes, padding]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * block)])
}

export function tgz(contents: Contents): Buffer {
  return gzipSync(tarball(contents))
}

function header(
  name: string,
  { type, mode, size, link }: Readonly<{ type: string; mode: number; size: number; link: string }>,
): Buffer {
  const bytes = Buffer.alloc(block)
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`
  const fields: readonly (readonly [number, string])[] = [
    [0, name],
    [100, octal(mode, 8)],
    [108, octal(1000, 8)],
    [116, octal(1000, 8)],
    [124, octal(size, 12)],
    [136, octal(1_700_000_000, 12)],
    [148, '        '],
    [156, type],
    [157, link],
    [257, 'ustar\x0000'],
    [265, 'builder'],
    [297, 'builder'],
  ]
  for (const [at, text] of fields) bytes.write(text, at, 'latin1')
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return bytes
}
