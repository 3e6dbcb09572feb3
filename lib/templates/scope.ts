import { MissingValue, type StrictValues } from './strict-values.ts'

type Include = (name: unknown, more?: Record<string, unknown>) => string

/** What of JavaScript a template may use. No clock and no chance: the same values give the same text. */
const names =
  'Array BigInt Boolean Buffer JSON Map Math NaN Number Object RegExp Set String URL Infinity undefined ' +
  'encodeURIComponent decodeURIComponent parseInt parseFloat'
const globals = new Map(
  names.split(' ').map((name) => [name, untouched(name, Reflect.get(globalThis, name))]),
)

/** They are those of the whole process: what one template does to them would befall everybody. */
function untouched(name: string, value: unknown): unknown {
  if (typeof value !== 'object' && typeof value !== 'function') return value
  const refuse = (_: object, key: string | symbol): never => {
    throw new TypeError(`a template cannot change ${name}.${String(key)}`)
  }
  return new Proxy(value as object, { set: refuse, defineProperty: refuse, deleteProperty: refuse })
}

/** Names in the code that ejs makes of a template. */
const ownOfEjs = /^(?:__\w+|escapeFn|rethrow)$/

/** All names that a template can see: its values, its own variables, `include` and `locals`; any other is an error. */
export function scopeOf(values: Record<string, unknown>, strict: StrictValues, include: Include): object {
  const locals = strict.wrap(values, '') as object
  const own: Record<string, unknown> = Object.assign(Object.create(null), { include, locals })
  return new Proxy(own, {
    has: (_, key) => key in locals || !(typeof key === 'symbol' || ownOfEjs.test(key)),
    get(_, key) {
      if (typeof key === 'symbol') return undefined
      if (key in own) return own[key]
      if (key in locals) return Reflect.get(locals, key)
      if (globals.has(key)) return globals.get(key)
      throw new MissingValue(key)
    },
    // A `var` of the template arrives here; what it does to the values must not be seen by the next template.
    set: (_, key, value) => Reflect.set(own, key, value),
  })
}
