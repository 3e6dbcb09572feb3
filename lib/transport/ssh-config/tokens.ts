import { homedir, hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'

/** What the `%` tokens stand for. */
export type Tokens = Readonly<Record<string, string>>

export interface TokenSource {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly hostKeyAlias: string | undefined
}

export function tokensOf({ name, host, port, user, hostKeyAlias }: TokenSource): Tokens {
  const here = hostname()
  return {
    '%': '%',
    d: homedir(),
    h: host,
    i: String(process.getuid?.() ?? ''),
    k: hostKeyAlias ?? name,
    L: here.replace(/\..*$/, ''),
    l: here,
    n: name,
    p: String(port),
    r: user,
    u: localUser(),
  }
}

/** A token that is not known, or a variable of the environment that is not set. */
export class UnknownToken extends Error {
  override readonly name = 'UnknownToken'
}

/** With the tokens filled in, or those of them that are named. */
export function expanded(text: string, tokens: Tokens, only?: string): string {
  return text.replace(/%(.?)/g, (_all, letter: string) => {
    const value = only === undefined || `%${only}`.includes(letter) ? tokens[letter] : undefined
    if (value === undefined) throw new UnknownToken(`The token %${letter} is not understood in "${text}".`)
    return value
  })
}

/** A path with `~`, tokens and `${VARIABLES}` filled in. */
export function expandedPath(written: string, tokens: Tokens): string {
  const text = written.replace(/^~(?=\/|$)/, homedir()).replace(/\$\{(\w+)\}/g, (_all, name: string) => {
    const value = process.env[name]
    if (value === undefined) throw new UnknownToken(`The variable ${name} of "${written}" is not set.`)
    return value
  })
  return resolve(expanded(text, tokens))
}

let user: string | undefined

/** Who works here, whatever the environment says. */
export function localUser(): string {
  user ??= lookUpUser()
  return user
}

function lookUpUser(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run as a number without a name.
    return process.env['USER'] ?? 'root'
  }
}
