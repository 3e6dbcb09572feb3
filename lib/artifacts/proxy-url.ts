import { originText } from '../inventory/located.ts'
import { reveal, Secret } from '../secrets/secret.ts'
import { textOf } from '../vars/scalar-schemas.ts'
import { schema, Wrong, type Given, type Options, type Schema } from '../vars/schema-type.ts'

/** The address of a proxy; a secret where a password stands in it. */
export type ProxyUrl = string | Secret

/** Reads the address of a proxy. */
export function proxyUrl<const O extends Options<never>>(options?: O): Schema<Given<ProxyUrl, O>> {
  return schema<ProxyUrl, O>(
    {
      type: 'http:// or https:// address of a proxy',
      hidden: true,
      parse(found, at) {
        const { value, origin } = found
        const text = value instanceof Secret ? reveal(value) : (textOf(found) ?? '')
        const url = URL.canParse(text) ? new URL(text) : undefined
        if (url === undefined || !/^https?:$/.test(url.protocol) || !/^\/?$/.test(url.pathname)) {
          return new Wrong('Write it as http://host:port or http://user:password@host:port.')
        }
        if (url.password === '') return text
        const source = `${originText(origin)} (${at.join('.')})`
        // The password must not be seen on its own either.
        const hidden = [decodeURIComponent(url.password), text].map((part) => new Secret(part, source))
        return hidden[1] ?? text
      },
    },
    options,
  )
}
