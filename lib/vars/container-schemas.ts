import { locate, type Located } from '../inventory/located.ts'
import { readFields, type Fields, type Values } from './fields.ts'
import { schema, Wrong, type Given, type Options, type Schema } from './schema-type.ts'

/** A list; as text also JSON, as `-e` and INI files need it. */
export function list<T, const O extends Options<readonly T[]>>(
  of: Schema<T>,
  options?: O,
): Schema<Given<readonly T[], O>> {
  return schema<readonly T[], O>(
    {
      type: `list of ${of.type}`,
      hidden: of.hidden,
      parse(found, path, report) {
        const { items } = opened(found)
        if (items === undefined) return new Wrong('Write a list like [a, b]; as text, JSON like ["a", "b"].')
        return items.map((item, index) => of.read(item, [...path, index], report))
      },
    },
    options,
  )
}

/** A map with keys of the user's choice; as text also JSON. */
export function record<T, const O extends Options<Readonly<Record<string, T>>>>(
  of: Schema<T>,
  options?: O,
): Schema<Given<Readonly<Record<string, T>>, O>> {
  return schema<Readonly<Record<string, T>>, O>(
    {
      type: `map of ${of.type}`,
      hidden: of.hidden,
      parse(found, path, report) {
        const { entries } = opened(found)
        if (entries === undefined) return new Wrong('Write a map like {a: b}; as text, JSON like {"a": "b"}.')
        return Object.fromEntries(
          [...entries].map(([key, value]) => [key, of.read(value, [...path, key], report)]),
        )
      },
    },
    options,
  )
}

/** A map with these fields and no others; as text also JSON. May be left out when its fields may. */
export function object<F extends Fields, const O extends Options<Values<F>>>(
  fields: F,
  options?: O,
): Schema<Given<Values<F>, O>> {
  return schema<Values<F>, O>(
    {
      type: 'map',
      hidden: Object.values(fields).some((field) => field.hidden),
      fields,
      parse: (found, path, report) => readFields(fields, opened(found), path, report),
    },
    options,
  )
}

/** Text that is a JSON list or map is taken for that. */
function opened(found: Located): Located {
  if (typeof found.value !== 'string' || !/^\s*[[{]/.test(found.value)) return found
  try {
    return locate('', JSON.parse(found.value), found.origin)
  } catch {
    return found
  }
}
