const booleans = /^(?:(yes|Yes|YES|true|True|TRUE|on|On|ON)|no|No|NO|false|False|FALSE|off|Off|OFF)$/
const decimal = /^[-+]?(?:0|[1-9][\d_]*)$/
const octal = /^([-+]?)0([0-7_]+)$/
const prefixed = /^([-+]?)(0b[01_]+|0x[\da-fA-F_]+)$/
const sexagesimal = /^([-+]?)([1-9][\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?)$/
const float = /^(?:[-+]?\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?$/

/**
 * What an unquoted YAML scalar stands for, by YAML 1.1 as Ansible reads it: `yes` is true, `010` is 8, `1:30` is 90.
 * Dates and numbers that JavaScript cannot hold exactly stay text.
 */
export function yamlScalar(source: string): string | number | boolean | null {
  if (/^(?:~|null|Null|NULL|)$/.test(source)) return null
  const boolean = booleans.exec(source)
  if (boolean !== null) return boolean[1] !== undefined
  const number = numberOf(source)
  return number === undefined || !isExact(number) ? source : number
}

function numberOf(source: string): number | undefined {
  const digits = source.replaceAll('_', '')
  if (decimal.test(source) || float.test(source)) return Number(digits)
  const [, octalSign, octalDigits] = octal.exec(digits) ?? []
  if (octalDigits !== undefined) return signed(octalSign, parseInt(octalDigits, 8))
  const [, prefixedSign, prefixedDigits] = prefixed.exec(digits) ?? []
  if (prefixedDigits !== undefined) return signed(prefixedSign, Number(prefixedDigits))
  const [, sixtiesSign, sixties] = sexagesimal.exec(digits) ?? []
  if (sixties === undefined) return undefined
  return signed(
    sixtiesSign,
    sixties.split(':').reduce((sum, part) => sum * 60 + Number(part), 0),
  )
}

function signed(sign: string | undefined, size: number): number {
  return sign === '-' && size !== 0 ? -size : size
}

/** What the same stands for in JSON, which Ansible tries first: `1e3` is a number there. */
export function jsonScalar(source: string): string | number | boolean | null {
  const value = JSON.parse(source) as number | boolean | null
  return typeof value === 'number' && !isExact(value) ? source : value
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}
