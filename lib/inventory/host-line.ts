import { parseAddress } from './address.ts'
import { BadRange, expandRanges } from './host-range.ts'
import { InventoryError, type Spot } from './inventory-error.ts'
import { locate, type Located } from './located.ts'
import { pythonValue } from './python-literal.ts'
import { typingTraps } from './typing-traps.ts'
import { shellWords, UnclosedQuote, type ShellWords } from './shell-words.ts'

export interface HostLine {
  readonly names: readonly string[]
  readonly port: number | undefined
  readonly variables: ReadonlyMap<string, Located>
  readonly warnings: readonly string[]
}

/** Reads `name[1:3]:port key=value …`. */
export function parseHostLine(line: string, spot: Spot): HostLine {
  const { words, cutInWord } = split(line, spot)
  const [pattern = '', ...rest] = words
  const { names, port } = parseHosts(pattern, spot)
  const variables = new Map<string, Located>()
  const warnings = cutInWord
    ? ['the "#" cuts the line, in the middle of a word; quote a value that holds one']
    : []
  for (const word of rest) {
    const at = word.indexOf('=')
    if (at < 1) throw notAVariable(word, line, spot)
    const name = word.slice(0, at)
    const written = word.slice(at + 1)
    const value = pythonValue(written)
    variables.set(name, locate(name, value, spot, value === written ? undefined : written))
    if (value === written) warnings.push(...typingTraps(name, written, 'put quotes around the whole of it'))
  }
  return { names, port, variables, warnings }
}

/** As most are called; nothing in it has to be taken apart. */
const plainName = /^[a-zA-Z\d]+(?:[._-][a-zA-Z\d]+)*$/

/** The hosts that a pattern of an inventory makes, and the port written with them. */
export function parseHosts(pattern: string, spot: Spot): Pick<HostLine, 'names' | 'port'> {
  if (plainName.test(pattern)) return { names: [pattern], port: undefined }
  if (pattern === '---' || pattern.endsWith(':')) throw looksLikeYaml(pattern, spot)
  const { host, port } = parseAddress(pattern) ?? { host: pattern }
  if (port !== undefined && (port < 1 || port > 65_535)) {
    throw new InventoryError(
      spot,
      `expected a port from 1 to 65535, found ${port}`,
      'Correct the number behind the colon.',
    )
  }
  try {
    const names = expandRanges(host)
    for (const name of names) if (parseAddress(name) === undefined) refuseOddName(name, spot)
    return { names, port }
  } catch (cause) {
    if (!(cause instanceof BadRange)) throw cause
    const advice = 'Write a range like web[01:10], node[a:c] or node[1:9:2].'
    throw new InventoryError(
      spot,
      `expected a host or a range of hosts, found "${pattern}": ${cause.message}`,
      advice,
      { cause },
    )
  }
}

/** Ansible takes anything as a host's name; these are slips, and would become hosts that no one can reach. */
function refuseOddName(name: string, spot: Spot): void {
  if (name !== '' && !/[=,:;"']/.test(name)) return
  const advice = name.includes('=')
    ? 'The name of a host comes first. Variables of a group stand under [group:vars].'
    : name.includes(',')
      ? 'Write one host a line.'
      : 'A name is made of letters, digits, dots, hyphens and underscores; a port follows a colon.'
  throw new InventoryError(spot, `expected the name of a host, found "${name}"`, advice)
}

function split(line: string, spot: Spot): ShellWords {
  try {
    return shellWords(line)
  } catch (cause) {
    if (!(cause instanceof UnclosedQuote)) throw cause
    const advice = `Close it, or put the other kind of quote around a value that holds a quote.`
    throw new InventoryError(spot, `expected a host and its variables, found that ${cause.message}`, advice, {
      cause,
    })
  }
}

function notAVariable(word: string, line: string, spot: Spot): InventoryError {
  const advice = word.includes('=')
    ? 'Write the name of the variable before the =.'
    : 'Write one host a line, no spaces around =, and quotes around a value that holds spaces.'
  return new InventoryError(spot, `expected key=value after the host, found ${shownLine(word, line)}`, advice)
}

function looksLikeYaml(pattern: string, spot: Spot): InventoryError {
  return new InventoryError(
    spot,
    `expected a host in INI notation, found "${pattern}", which looks like YAML`,
    'Write the inventory as INI: [group] on a line, then one host a line.',
  )
}

/** A text of the line for a message, unless it may be the value of a secret that went astray. */
export function shownLine(text: string, line = text): string {
  return /pass|secret|token|key/i.test(line) ? 'something else (not shown: it may be a secret)' : `"${text}"`
}
