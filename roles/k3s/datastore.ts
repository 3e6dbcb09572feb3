import { originText } from '../../lib/inventory/located.ts'
import { reveal, Secret } from '../../lib/secrets/secret.ts'
import { textOf } from '../../lib/vars/scalar-schemas.ts'
import { schema, Wrong, type Given, type Options, type Schema } from '../../lib/vars/schema-type.ts'

/** Where the state of a cluster is kept; the address of a database holds a password, so it is a secret. */
export type Datastore = 'embedded' | 'sqlite' | Secret

const databases = /^(mysql|postgres|https?|nats):\/\/\S+$/

export function datastore<const O extends Options<Datastore>>(options: O): Schema<Given<Datastore, O>> {
  return schema<Datastore, O>(
    {
      type: '"embedded", "sqlite" or the address of a database',
      hidden: true,
      parse(found, at) {
        const sealed = found.value instanceof Secret ? found.value : undefined
        const text = sealed === undefined ? (textOf(found) ?? '') : reveal(sealed)
        if (text === 'embedded' || text === 'sqlite') return text
        if (databases.test(text))
          return sealed ?? new Secret(text, `${originText(found.origin)} (${at.join('.')})`)
        return new Wrong('Write embedded, sqlite, or an address like postgres://user:password@host/name.')
      },
    },
    options,
  )
}
