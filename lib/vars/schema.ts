import type { Located } from '../inventory/located.ts'
import { readFields, type Fields, type Values } from './fields.ts'
import type { Report, Schema } from './schema-type.ts'

export { list, object, record } from './container-schemas.ts'
export { bool, duration, int, oneOf, path, secret, string } from './scalar-schemas.ts'
export { address, cidr, dnsName } from './network-schemas.ts'
export type { Options, Schema } from './schema-type.ts'

/** The typed variables of a role. */
export type Vars = Fields

/** What a role gets for its schema: `Infer<typeof vars>`. */
export type Infer<V extends Vars> = Values<V>

/** Declares the variables of a role; each says what it is for. */
export function defineVars<const V extends Vars>(vars: V): V {
  for (const [name, schema] of Object.entries(vars)) {
    if (schema.doc === '') throw new TypeError(`The variable "${name}" has no doc.`)
  }
  return vars
}

/** Reads a role's whole map; what is wrong in it goes to `report`, and then the result must not be used. */
export function readVars<V extends Vars>(vars: V, found: Located | undefined, report: Report): Infer<V> {
  return readFields(vars, found, [], report)
}

/** A line of a generated table of variables. */
export interface VarRow {
  readonly name: string
  readonly type: string
  /** As JSON; undefined when there is none. */
  readonly default: string | undefined
  readonly required: boolean
  readonly doc: string
}

/** One row a variable; the fields of an object stand under its own row. */
export function describeVars(vars: Vars, prefix = ''): readonly VarRow[] {
  return Object.entries(vars).flatMap(([key, schema]) => [
    describe(prefix + key, schema),
    ...(schema.fields === undefined ? [] : describeVars(schema.fields, `${prefix}${key}.`)),
  ])
}

function describe(name: string, schema: Schema<unknown>): VarRow {
  return {
    name,
    type: schema.type,
    default: schema.default === undefined ? undefined : JSON.stringify(schema.default),
    required: schema.default === undefined && !schema.optional && schema.fields === undefined,
    doc: schema.doc,
  }
}
