const head = '-----BEGIN PGP PUBLIC KEY BLOCK-----'
const foot = '-----END PGP PUBLIC KEY BLOCK-----'
const lineLength = 64

/** The bytes of a public key, from its armour or from base64. */
export function keyBytes(text: string): Buffer {
  const blocks = text.split(head).slice(1)
  if (blocks.length === 0) return fromBase64(text.replaceAll(/\s/g, ''))
  return Buffer.concat(blocks.map((block) => fromBase64(bodyOf(block))))
}

/** A public key in its armour, from its bytes. */
export function armoured(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
  return [head, '', ...lines, `=${crc24(bytes)}`, foot, ''].join('\n')
}

/** Between the blank line after the headers and the checksum. */
function bodyOf(block: string): string {
  const [inside = ''] = block.split(foot)
  const lines = inside.split('\n').map((line) => line.trim())
  const start = lines.findIndex((line, index) => index > 0 && line === '')
  const body = lines.slice(start + 1)
  const sum = body.findIndex((line) => line.startsWith('='))
  return body.slice(0, sum < 0 ? body.length : sum).join('')
}

function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (text === '' || bytes.toString('base64').replaceAll('=', '') !== text.replaceAll('=', ''))
    throw new TypeError('The key of a repository has to be an armoured public key, or base64 of one.')
  return bytes
}

/** As RFC 9580 has it. */
function crc24(bytes: Buffer): string {
  let crc = 0xb704ce
  for (const byte of bytes) {
    crc ^= byte << 16
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1
      if ((crc & 0x1000000) !== 0) crc ^= 0x1864cfb
    }
  }
  return Buffer.from([crc >> 16, crc >> 8, crc].map((part) => part & 0xff)).toString('base64')
}
