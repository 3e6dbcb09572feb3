import { BlockList, isIP } from 'node:net'
import { reveal, Secret } from '../secrets/secret.ts'
import type { ProxyUrl } from './proxy-url.ts'

/** Through whom addresses are reached. */
export interface ProxySettings {
  readonly http: ProxyUrl | undefined
  readonly https: ProxyUrl | undefined
  readonly no: readonly string[]
}

/** The proxy to reach an address through; its password, if it has one, is in it. */
export function proxyFor(url: URL, { http, https, no }: ProxySettings): URL | undefined {
  const proxy = url.protocol === 'https:' ? https : http
  if (proxy === undefined || no.some((rule) => excepts(rule.trim(), url))) return undefined
  return new URL(revealed(proxy))
}

/**
 * A proxy as programs on a host take it from their environment, in both spellings. An environment can be listed, so a
 * proxy with a password is refused.
 */
export function proxyEnvironment({ http, https, no }: ProxySettings): Readonly<Record<string, string>> {
  const found = {
    http_proxy: shown(http),
    https_proxy: shown(https),
    no_proxy: no.length === 0 ? undefined : no.join(','),
  }
  const given = Object.entries(found).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  const upper = given.map(([name = '', value]) => [name.toUpperCase(), value])
  return Object.fromEntries([...given, ...upper]) as Record<string, string>
}

/** A proxy as a file for `/etc/apt/apt.conf.d/`: a secret where it has a password, and then for its owner only. */
export function aptProxy({ http, https, no }: ProxySettings): string | Secret {
  const proxies = Object.entries({ http, https }).flatMap(([scheme, proxy]) =>
    proxy === undefined ? [] : [`Acquire::${scheme}::Proxy "${aptWord(revealed(proxy))}";\n`],
  )
  const direct = no
    .filter((rule) => rule !== '*' && !rule.includes('/'))
    .flatMap((rule) => ['http', 'https'].map((scheme) => `Acquire::${scheme}::Proxy::${rule} "DIRECT";\n`))
  const text = [...proxies, ...direct].join('')
  const secret = [http, https].find((proxy) => proxy instanceof Secret)
  return secret === undefined ? text : new Secret(text, secret.source)
}

/** The address as it is written, for its one destination. */
export function revealed(proxy: ProxyUrl): string {
  return proxy instanceof Secret ? reveal(proxy) : proxy
}

function shown(proxy: ProxyUrl | undefined): string | undefined {
  if (!(proxy instanceof Secret)) return proxy
  throw new TypeError(
    `The proxy from ${proxy.source} has a password, which an environment would show to others. ` +
      'Give it to the program in a file that only root can read; for apt, aptProxy() writes it.',
  )
}

function aptWord(text: string): string {
  if (/["\n]/.test(text)) throw new TypeError('The address of a proxy cannot hold a quotation mark for apt.')
  return text
}

/** Whether a rule of `NO_PROXY` covers an address: a name covers all below it. */
function excepts(rule: string, { hostname, port, protocol }: URL): boolean {
  if (rule === '*') return true
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (rule.includes('/')) return isIP(host) !== 0 && inNetwork(host, rule)
  const [, name = rule, only] = (isIP(rule) === 6 ? null : /^(.*):(\d+)$/.exec(rule)) ?? []
  if (only !== undefined && only !== (port || (protocol === 'https:' ? '443' : '80'))) return false
  const wanted = name.toLowerCase().replace(/^\*?\./, '')
  return host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`))
}

function inNetwork(address: string, network: string): boolean {
  const [base = '', bits] = network.split('/')
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(base) === 0 || isIP(address) !== isIP(base)) return false
  const list = new BlockList()
  list.addSubnet(base, Number(bits), family)
  return list.check(address, family)
}
