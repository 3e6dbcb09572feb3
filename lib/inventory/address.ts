import { isIPv4, isIPv6 } from 'node:net'

/** What a host is called in an inventory, and the port that was written with it. */
export interface Address {
  readonly host: string
  readonly port?: number
}

const label = String.raw`[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?`
const hostname = new RegExp(String.raw`^${label}(?:\.${label})*$`, 'u')
const bracketed = /^\[(.+)\]:(\d+)$/
const suffixed = /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/

/**
 * Takes `name`, `name:port`, an IPv4 or IPv6 address or `[v6]:port` apart; ranges in brackets may stand in any of them.
 * Undefined when the text is none of these.
 */
export function parseAddress(text: string): Address | undefined {
  const match = bracketed.exec(text) ?? suffixed.exec(text)
  const host = match?.[1] ?? text
  if (!isAddress(withoutRanges(host))) return undefined
  return match?.[2] === undefined ? { host } : { host, port: Number(match[2]) }
}

function isAddress(host: string): boolean {
  return isIPv4(host) || isIPv6(host) || hostname.test(host)
}

/** A range counts as one digit or letter of the name. */
function withoutRanges(host: string): string {
  return host.replaceAll(/\[[\da-zA-Z]*:[\da-zA-Z]+(?::\d+)?\]/g, '1')
}
