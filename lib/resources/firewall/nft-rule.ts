import type { Said } from './ruleset.ts'
import type { FirewallRef } from './state.ts'

const mark = 'comment "troupe"'
// Neither counts, logs nor the first packet of a connection make a rule let in less.
const beside =
  / ?\b(?:counter(?: packets \d+ bytes \d+)?|log(?: prefix "[^"]*")?(?: level \w+)?|ct state (?:[\w,]*\b(?:new|0x8)\b[\w,]*|\{[^}]*\b(?:new|0x8)\b[^}]*\}))(?= |$)/g

/** Our rule that lets a port in, as nft lists it again. */
export function ruleFor({ protocol, from }: FirewallRef, port: string): string {
  const whom = from === null ? '' : `${from.family === 'ipv4' ? 'ip' : 'ip6'} saddr ${from.text} `
  return `${whom}${protocol} dport ${port} accept ${mark}`
}

/** Whether a chain stands in the way of all that comes in, and drops what it does not name, by policy or by a rule. */
export function refusesTheRest(chain: readonly Said[]): boolean {
  const last = /^(?:policy drop|(?:meta l4proto (?:tcp|6|udp|17) )?(?:drop|reject(?: with .*)?))$/
  const isInput = chain.some(({ text }) => /^type filter hook input\b/.test(text))
  return isInput && chain.some(({ text }) => last.test(plain(text)))
}

/** Whether a rule that is not ours lets the port in, and asks for no more than whom it is opened to. */
export function opensOfItsOwn({ text }: Said, { protocol, from }: FirewallRef, port: string): boolean {
  if (text.endsWith(mark)) return false
  const [, source, named, ports = ''] =
    /^(?:ip6? saddr (\S+) )?(tcp|udp) dport (\{[^}]*\}|[\d-]+) accept$/.exec(plain(text)) ?? []
  if (named !== protocol) return false
  if (source !== undefined && withoutPrefix(source) !== from?.text) return false
  return isAmong(port, ports.replaceAll(/[{}\s]/g, '').split(','))
}

/** Whether one of the ports or ranges holds a port or a range. */
export function isAmong(port: string, ports: readonly string[]): boolean {
  const [first, last] = ends(port)
  return ports.map(ends).some(([from, to]) => from <= first && last <= to)
}

/** An address with the prefix of a single one is that address. */
export function withoutPrefix(source: string): string {
  return source.replace(/\/(?:32|128)$/, '')
}

function plain(text: string): string {
  return text
    .replace(/ comment "[^"]*"$/, '')
    .replaceAll(beside, '')
    .trim()
}

function ends(range: string): readonly [number, number] {
  const [first = '', last = first] = range.split(/[-:]/)
  return [Number(first), Number(last)]
}
