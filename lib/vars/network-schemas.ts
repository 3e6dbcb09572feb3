import { isIP } from 'node:net'
import { textOf } from './scalar-schemas.ts'
import { schema, Wrong, type Given, type Options, type Schema } from './schema-type.ts'

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** An address, of IPv4 or IPv6. */
export function address<const O extends Options<string>>(options?: O): Schema<Given<string, O>> {
  return text('IP address', (found) => isIP(found) !== 0, 'Write an address like 10.0.0.1.', options)
}

/** A network as address and length: `10.42.0.0/16`. */
export function cidr<const O extends Options<string>>(options?: O): Schema<Given<string, O>> {
  return text('network', isCidr, 'Write a network like 10.42.0.0/16.', options)
}

/** A name as DNS has it, in lower case. */
export function dnsName<const O extends Options<string>>(options?: O): Schema<Given<string, O>> {
  const advice =
    'Write a name of lower case letters, digits, inner hyphens and dots, like registry.example.com.'
  return text('DNS name', isDnsName, advice, options)
}

export function isCidr(text: string): boolean {
  const [base = '', length = '', ...more] = text.split('/')
  const version = isIP(base)
  if (version === 0 || more.length > 0 || !/^\d{1,3}$/.test(length)) return false
  return Number(length) <= (version === 4 ? 32 : 128)
}

export function isDnsName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => dnsLabel.test(part)) && isIP(text) === 0
}

function text<const O extends Options<string>>(
  type: string,
  isRight: (found: string) => boolean,
  advice: string,
  options: O | undefined,
): Schema<Given<string, O>> {
  return schema<string, O>(
    {
      type,
      parse(located) {
        const found = textOf(located)
        return found !== undefined && isRight(found) ? found : new Wrong(advice)
      },
    },
    options,
  )
}
