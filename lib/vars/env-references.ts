import { UserError } from '../errors.ts'
import { originText, type Origin } from '../inventory/located.ts'
import { neverPrint, Secret } from '../secrets/secret.ts'
import type { Sources } from './sources.ts'

/** A reference, or with two dollars what stands for one. */
const reference = /\$(\$?)\{([A-Za-z_]\w*)\}/g

export interface Missing {
  readonly name: string
  readonly origin: Origin
}

/**
 * A text with what the environment says for each `${NAME}`, as a secret; one without a reference as it is, where
 * `$${NAME}` stands for `${NAME}` itself. What is not set goes to `missing`, and then the result must not be used.
 */
export function withEnvironment(
  text: string,
  origin: Origin,
  env: NonNullable<Sources['env']>,
  missing: (what: Missing) => void,
): string | Secret {
  const names: string[] = []
  const filled = text.replaceAll(reference, (written, escape: string, name: string) => {
    if (escape !== '') return written.slice(1)
    names.push(name)
    const value = env[name] ?? ''
    if (value === '') missing({ name, origin })
    // By itself, too: it may be printed without what stands around it here.
    neverPrint(value)
    return value
  })
  if (names.length === 0) return filled
  return new Secret(filled, `${originText(origin)} (${names.map((name) => `\${${name}}`).join(', ')})`)
}

/** All that a file refers to and the environment does not have. */
export function missingVariables(missing: readonly Missing[]): UserError {
  const lines = missing.map(
    ({ name, origin }) =>
      `${originText(origin)}: expected the environment variable ${name}, and it is not set, or empty.`,
  )
  const [{ name } = { name: 'NAME' }] = missing
  return new UserError(
    lines.join('\n'),
    `Set it where this is started: export ${name}=…; or write $\${${name}} for those letters themselves.`,
  )
}
