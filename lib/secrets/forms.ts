/** Every way in which a secret may turn up in a text: as it is, quoted, escaped or encoded. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const plain = [secret, ...tokenLines(secret)]
  const written = plain.flatMap((text) => [text, ...escaped(text)])
  const forms = new Set([
    ...written,
    // Texts in JSON are often JSON again: a log line that quotes a response.
    ...written.flatMap(jsonEscaped),
    ...urlEncoded(bytes.toString()),
    ...base64(bytes),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ])
  return [...forms]
}

/** Lines of a key are printed one by one, or indented; lines of prose and configuration must stay readable. */
function tokenLines(secret: string): readonly string[] {
  if (!/[\r\n]/.test(secret)) return []
  return secret.split(/[\r\n]+/).filter((line) => /^[\w+/=-]{20,}$/.test(line))
}

function escaped(text: string): readonly string[] {
  return [
    ...jsonEscaped(text),
    text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'),
    // In single quotes of a shell, as most write it and as Python does.
    text.replaceAll("'", String.raw`'\''`),
    text.replaceAll("'", `'"'"'`),
    // In double quotes, in $'…', and with a backslash before whatever is special.
    text.replaceAll(/[$`"\\]/g, String.raw`\$&`),
    text
      .replaceAll(/['\\]/g, String.raw`\$&`)
      .replaceAll('\n', String.raw`\n`)
      .replaceAll('\t', String.raw`\t`),
    text.replaceAll(/[^\w@%+=:,./\n\u0080-\u{10ffff}-]/gu, String.raw`\$&`),
  ]
}

/** Inside JSON: as JavaScript writes it, with Go's escapes of `<`, `>` and `&`, and in ASCII as Python does. */
function jsonEscaped(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const go = json.replaceAll(/[<>&\u2028\u2029]/g, unicodeEscape)
  return [
    json,
    go,
    go.replaceAll(/[\u0080-\uffff]/g, unicodeEscape),
    json.replaceAll(/[\u0080-\uffff]/g, unicodeEscape),
  ]
}

function unicodeEscape(char: string): string {
  return String.raw`\u` + char.charCodeAt(0).toString(16).padStart(4, '0')
}

function urlEncoded(text: string): readonly string[] {
  const component = encodeURIComponent(text)
  const strict = component.replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const form = new URLSearchParams({ '': text }).toString().slice(1)
  // As Python's quote and quote_plus and Go's PathEscape have it.
  const others = [
    strict.replaceAll('%2F', '/'),
    strict.replaceAll('%20', '+'),
    strict.replaceAll(/%(?:24|26|2B|3A|3D|40)/g, decodeURIComponent),
  ]
  const upper = [component, strict, form, encodeURI(text), ...others]
  return [...upper, ...upper.map((url) => url.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase()))]
}

/** The part of a base64 text that these bytes alone decide, for each of the three ways they may fall into it. */
function base64(bytes: Buffer): readonly string[] {
  const whole = bytes.toString('base64')
  const cores = [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    return shifted.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
  })
  const texts = [whole, ...cores]
  return [...texts, ...texts.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))]
}
