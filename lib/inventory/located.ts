import { Secret } from '../secrets/secret.ts'

/** Where a value was written. What comes from the command line has no line. */
export interface Origin {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

/** A value that knows where it was written, and so does everything inside it. */
export interface Located {
  readonly value: unknown
  readonly origin: Origin
  /** The text as written, where it was read as something else: `1.30` is a number, and somebody's version. */
  readonly written?: string
  /** Of a map. */
  readonly entries?: ReadonlyMap<string, Located>
  /** Of a list. */
  readonly items?: readonly Located[]
}

export type Variables = ReadonlyMap<string, Located>

/** `group_vars/all.yml:3:5`, `command line`. */
export function originText({ file, line, column }: Origin): string {
  return [file, line, column].filter((part) => part !== undefined).join(':')
}

/** A value of the variable `name`; everything inside it has the same origin. Passwords become secrets at once. */
export function locate(name: string, value: unknown, origin: Origin, written?: string): Located {
  return isPasswordName(name) ? sealed(name, value, origin, written) : everywhere(value, origin, written)
}

/** The same for a value whose inside is located already. */
export function sealPassword(name: string, located: Located): Located {
  return isPasswordName(name) ? sealed(name, located.value, located.origin, located.written) : located
}

/** A map of located values as one located value. */
export function locatedMap(entries: ReadonlyMap<string, Located>, origin: Origin): Located {
  const plain = [...entries].map(([key, { value }]) => [key, value])
  return { value: Object.fromEntries(plain), origin, entries }
}

/** A list of located values as one located value. */
export function locatedList(items: readonly Located[], origin: Origin): Located {
  return { value: items.map(({ value }) => value), origin, items }
}

function everywhere(value: unknown, origin: Origin, written?: string): Located {
  if (typeof value !== 'object') return written === undefined ? { value, origin } : { value, origin, written }
  const asWritten = written !== undefined && { written }
  if (Array.isArray(value)) {
    const items = value.map((item) => everywhere(item, origin))
    return { ...locatedList(items, origin), ...asWritten }
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Secret)) {
    const entries = Object.entries(value).map(([key, item]) => [key, everywhere(item, origin)] as const)
    return { ...locatedMap(new Map(entries), origin), ...asWritten }
  }
  return { value, origin, ...asWritten }
}

function sealed(name: string, value: unknown, origin: Origin, written?: string): Located {
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value)
  const text = written ?? (isScalar ? String(value) : undefined)
  if (text === undefined || value === null) return everywhere(value, origin)
  return { value: new Secret(text, `${originText(origin)} (${name})`), origin }
}

/** Ansible's names for passwords: of the login, of sudo, of su, of a key. */
export function isPasswordName(name: string): boolean {
  return /^ansible_(?:\w+_)?(?:password|pass|passphrase)$/.test(name)
}
