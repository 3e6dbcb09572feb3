/** What is said inside of a chain: a rule, or the hook and the policy of the chain itself. */
export interface Said {
  readonly text: string
  /** Its number in the kernel; a file has none. */
  readonly handle?: number
}

/** The tables of nftables, and what its chains say, each by its full name: `inet filter input`. */
export interface Ruleset {
  readonly tables: readonly string[]
  readonly chains: ReadonlyMap<string, readonly Said[]>
}

type Part = Said & { readonly is: 'open' | 'close' | 'said' }

const tokens = /"[^"\n]*"|#[^\n]*|\\\n|[{};\n]|[^"#{};\n\\]+|["\\]/g
const block = /^(?:(?:add|create) )?(table|chain) (\S+(?: \S+){0,2})$/
const outside = /^(?:(?:add|insert) )?rule ((?:(?:inet|ip6?|arp|bridge|netdev) )?[\w./-]+ [\w./-]+) (.*)$/

/** Reads the language of nftables, which its files and its listings are in, as far as tables and chains go. */
export function rulesetIn(text: string): Ruleset {
  const tables = new Set<string>()
  const chains = new Map<string, Said[]>()
  let table: string | undefined
  let chain: string | undefined
  for (const { is, ...said } of partsOf(text)) {
    const [, what, name = ''] = is === 'open' ? (block.exec(said.text) ?? []) : []
    const [, into, rule] = is === 'said' && table === undefined ? (outside.exec(said.text) ?? []) : []
    if (what === 'table') {
      table = withFamily(name, 1)
      tables.add(table)
    } else if (what === 'chain') chain = table === undefined ? withFamily(name, 2) : `${table} ${name}`
    else if (is === 'close' && chain !== undefined) chain = undefined
    else if (is === 'close') table = undefined
    else if (chain !== undefined) chains.set(chain, [...(chains.get(chain) ?? []), said])
    else if (into !== undefined && rule !== undefined) {
      const name = withFamily(into, 2)
      chains.set(name, [...(chains.get(name) ?? []), { text: rule }])
    }
  }
  return { tables: [...tables], chains }
}

/** Only tables and chains are opened: braces anywhere else are a part of what is said there. */
function* partsOf(text: string): Generator<Part> {
  let words = ''
  let handle: string | undefined
  let depth = 0
  const said = (): readonly Part[] => {
    const part = {
      is: 'said',
      text: spaced(words),
      ...(handle === undefined ? {} : { handle: Number(handle) }),
    } as const
    words = ''
    handle = undefined
    return part.text === '' ? [] : [part]
  }
  for (const [token] of `${text}\n`.matchAll(tokens)) {
    const between = token === ';' || token === '\n'
    if (token.startsWith('#')) handle = /^# handle (\d+)/.exec(token)?.[1]
    else if (token === '{' && depth === 0 && block.test(spaced(words))) {
      yield { is: 'open', text: spaced(words) }
      words = ''
    } else if (token === '}' && depth === 0) {
      yield* said()
      yield { is: 'close', text: '' }
    } else if (between && depth === 0) yield* said()
    else {
      depth += token === '{' ? 1 : token === '}' ? -1 : 0
      words += between || token === '\\\n' ? ' ' : token
    }
  }
}

function spaced(words: string): string {
  return words.trim().replaceAll(/\s+/g, ' ')
}

/** Where no family is named, it is `ip`. */
function withFamily(name: string, words: number): string {
  return name.split(' ').length > words ? name : `ip ${name}`
}
