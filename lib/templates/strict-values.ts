import { reveal, Secret } from '../secrets/secret.ts'

/** An expression of a template that stands for nothing. */
export class MissingValue extends Error {
  override readonly name = 'MissingValue'
  readonly expression: string
  constructor(expression: string) {
    super(`"${expression}" is not defined`)
    this.expression = expression
  }
}

/** What plain JavaScript asks of any value by itself. */
const asked = new Set<PropertyKey>(['toJSON', 'then', 'constructor'])

/**
 * Values as a template sees them: reading what is not there throws `MissingValue`, at any depth, and a secret is its
 * text, after `touched` was told. `'name' in values` asks whether something is there.
 */
export class StrictValues {
  readonly #seen = new WeakMap<object, object>()
  readonly #touched: () => void
  constructor(touched: () => void) {
    this.#touched = touched
  }

  wrap(value: unknown, expression: string): unknown {
    if (value instanceof Secret) {
      this.#touched()
      return reveal(value)
    }
    if (!isPlain(value)) return value
    const known = this.#seen.get(value)
    if (known !== undefined) return known
    // A copy, because a proxy must give what a frozen target holds.
    const copy = Array.isArray(value) ? Array.from(value as unknown[]) : defined(value)
    const wrapped = new Proxy(copy, this.#handler(Array.isArray(value), expression))
    this.#seen.set(value, wrapped)
    this.#seen.set(wrapped, wrapped)
    return wrapped
  }

  #handler(isList: boolean, expression: string): ProxyHandler<object> {
    return {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof key === 'symbol' || asked.has(key)) return value
        const inner = isList ? `${expression}[${key}]` : expression === '' ? key : `${expression}.${key}`
        if (value === undefined) throw new MissingValue(inner)
        return this.wrap(value, inner)
      },
      has: (target, key) => Object.hasOwn(target, key) && Reflect.get(target, key) !== undefined,
    }
  }
}

/** Without what is undefined, so that spreading and JSON do not meet it. */
function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}
