/**
 * Whether a version is one that is asked for: exactly that one, that one in whatever build (`1.34.2` is `1.34.2-1.1`),
 * or one that fits a pattern (`1.34.*`).
 */
export function fitsVersion(version: string, asked: string): boolean {
  if (version === asked || version.startsWith(`${asked}-`)) return true
  if (!asked.includes('*')) return false
  const parts = asked.split('*').map((part) => part.replaceAll(/[.+^$?()[\]{}|\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`).test(version)
}

/** Whether what is asked for is older than a version that does not fit it; of a pattern, its beginning counts. */
export function isOlder(asked: string, version: string): boolean {
  const [beginning = ''] = asked.split('*')
  return compareVersions(beginning.replace(/[^\da-z]+$/i, ''), version) < 0
}

/** As Debian and Red Hat order versions: the epoch first, then numbers as numbers, with `~` before everything. */
export function compareVersions(a: string, b: string): number {
  const [epochA, restA] = withEpoch(a)
  const [epochB, restB] = withEpoch(b)
  return epochA - epochB || compareParts(partsOf(restA), partsOf(restB))
}

function withEpoch(version: string): [number, string] {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/.exec(version) ?? []
  return [Number(epoch), rest]
}

function partsOf(version: string): readonly string[] {
  return version.match(/\d+|~|[^\d~]+/g) ?? []
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = comparePart(a[at], b[at])
    if (order !== 0) return order
  }
  return 0
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === '~' || b === '~') return a === '~' ? -1 : 1
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1
  const [isNumber, other] = [/^\d/.test(a), /^\d/.test(b)]
  if (isNumber && other) return Math.sign(Number(a) - Number(b))
  if (isNumber !== other) return isNumber ? 1 : -1
  return a < b ? -1 : 1
}
