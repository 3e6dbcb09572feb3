import { UserError } from '../../errors.ts'
import { originText, type Located } from '../../inventory/located.ts'
import { didYouMean } from '../../inventory/nearest.ts'
import { redact } from '../../secrets/redact.ts'
import { Secret } from '../../secrets/secret.ts'
import type { VarStore } from '../../vars/load.ts'
import type { Vars } from '../../vars/schema.ts'
import { ansibleJson } from './ansible-json.ts'

/** Variables as the code declares them, under the name where they stand. */
export interface Declared {
  readonly name: string
  readonly file: string
  readonly vars: Vars
}

/**
 * What a variable of a host comes to and where that is written, and below it what it shadows, the nearest first; the
 * default of what is declared is the last of them.
 */
export function explanation(
  store: VarStore,
  host: string,
  path: string,
  declared: readonly Declared[] = [],
): string {
  const [top, ...under] = [...store.of(host).history(path), ...defaultOf(path, declared)]
  if (top === undefined) {
    const known = [...store.of(host).all().keys()]
    throw new UserError(`${host} has no variable "${path}".`, didYouMean(path, known))
  }
  return [
    // The map of a role is more than its nearest level says.
    `${path} = ${shown(path, store.of(host).get(path) ?? top)}`,
    `  ${originText(top.origin)}`,
    ...under.flatMap((each) => [`  shadows ${shown(path, each)}`, `    ${originText(each.origin)}`]),
  ].join('\n')
}

function defaultOf(path: string, declared: readonly Declared[]): readonly Located[] {
  const [name, ...keys] = path.split('.')
  const { file, vars } = declared.find((each) => each.name === name) ?? {}
  const [last = '', ...above] = keys.toReversed()
  const fields = above.toReversed().reduce((inside, key) => inside?.[key]?.fields, vars)
  const value: unknown = fields?.[last]?.default
  return value === undefined ? [] : [{ value, origin: { file: `${file}, the default` } }]
}

function shown(path: string, { value }: Located): string {
  return redact(ansibleJson(hidden(path, value)))
}

const mask = '«secret»'
const secretName = /(?:pass|password|passphrase|secret|token|key)$/i

/** Without what a name says to be secret: whose variable it is, and so its type, is not known here. */
function hidden(name: string, value: unknown): unknown {
  if (value instanceof Secret) return mask
  if (Array.isArray(value)) return value.map((item) => hidden(name, item))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(key, item)]))
  return secretName.test(name) && value !== null ? mask : value
}
