/** A regular expression of Python, held to the start of a text as `re.match` holds it, as far as JavaScript has the same. */
export function pythonExpression(written: string): RegExp {
  const [, letters = '', rest = ''] = /^(?:\(\?([aimsux]+)\))?(.*)$/s.exec(written) ?? []
  const flags = letters.replaceAll(/[^ims]/g, '')
  const source = rest.replaceAll(/\\[\s\S]|\(\?P<|\(\?P=(\w+)\)|\{,(\d+)\}/g, (part, name, most) => {
    if (part === String.raw`\A`) return '^'
    if (part === String.raw`\Z`) return '$'
    if (part === '(?P<') return '(?<'
    if (name !== undefined) return String.raw`\k<${name}>`
    return most === undefined ? part : `{0,${most}}`
  })
  return new RegExp(`^(?:${source})`, flags)
}
