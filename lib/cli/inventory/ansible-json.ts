import { Secret } from '../../secrets/secret.ts'

/** A value as Ansible prints it: names in order, four spaces, letters as they are. A secret stays one. */
export function ansibleJson(value: unknown, indent = ''): string {
  const inner = `${indent}    `
  const block = (open: string, parts: readonly string[], close: string) =>
    parts.length === 0
      ? open + close
      : `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    return block(
      '[',
      items.map((item) => ansibleJson(item, inner)),
      ']',
    )
  }
  if (typeof value === 'number') return pythonNumber(value)
  if (typeof value !== 'object' || value === null || value instanceof Secret) return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => byCodePoint(a, b))
  return block(
    '{',
    entries.map(([name, item]) => `${JSON.stringify(name)}: ${ansibleJson(item, inner)}`),
    '}',
  )
}

/** Python writes small and large numbers with an exponent sooner, and with two digits. */
function pythonNumber(value: number): string {
  const size = Math.abs(value)
  if (Number.isInteger(value) || (size >= 1e-4 && size < 1e16)) return String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}

/** As Python sorts, which differs from JavaScript beyond the first plane of Unicode. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
