import type { Located } from '../inventory/located.ts'
import { didYouMean } from '../inventory/nearest.ts'
import { shown, type Path, type Report, type Schema } from './schema-type.ts'

/** Named variables: those of a role, or those of an object inside it. */
export type Fields = Readonly<Record<string, Schema<unknown>>>

export type Values<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Schema<infer T> ? T : never
}

/** Reads a map field by field: what is missing, wrong or unknown is reported, each at its own place. */
export function readFields<F extends Fields>(
  fields: F,
  found: Located | undefined,
  path: Path,
  report: Report,
): Values<F> {
  if (found !== undefined && found.value !== null && found.entries === undefined) {
    const hidden = Object.values(fields).some((field) => field.hidden)
    const advice = `Write a map with ${Object.keys(fields).join(', ')}.`
    report({ path, at: found, expected: 'map', found: shown(found, hidden), advice })
    return {} as Values<F>
  }
  const entries = found?.entries ?? new Map<string, Located>()
  for (const [key, value] of entries) reportUnknown(fields, key, value, path, report)
  const values = Object.entries(fields).map(([key, schema]) => [
    key,
    readField(schema, entries.get(key), [...path, key], report),
  ])
  return Object.fromEntries(values) as Values<F>
}

function readField(schema: Schema<unknown>, found: Located | undefined, path: Path, report: Report): unknown {
  if (found !== undefined && found.value !== null) return schema.read(found, path, report)
  if (schema.default !== undefined) return schema.default
  if (schema.optional) return undefined
  // An object whose fields all have defaults may be left out.
  if (schema.fields !== undefined) return readFields(schema.fields, found, path, report)
  const advice = schema.doc === '' ? 'Set it.' : `Set it: ${schema.doc}`
  report({ path, ...(found && { at: found }), expected: schema.type, found: 'nothing', advice })
  return undefined
}

function reportUnknown(fields: Fields, key: string, value: Located, path: Path, report: Report): void {
  if (Object.hasOwn(fields, key)) return
  report({
    path: [...path, key],
    at: value,
    expected: 'a known key',
    found: `"${key}"`,
    advice: didYouMean(key, Object.keys(fields)),
  })
}
