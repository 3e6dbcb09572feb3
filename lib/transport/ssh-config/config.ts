import { isIP } from 'node:net'
import { Unreachable } from '../errors.ts'
import { globMatches } from '../patterns.ts'
import { configFiles, type ConfigFile, type ConfigLine } from './files.ts'
import { asksForFinal, matchHolds, UnknownCriterion } from './matching.ts'
import { refusedSetting } from './refused.ts'
import { firstWins, readSetting, type SshSettings } from './settings.ts'
import { expanded, localUser, type Tokens, tokensOf, UnknownToken } from './tokens.ts'

/** All that is said of a host, and what the tokens in it stand for. */
export interface Configured {
  readonly settings: SshSettings
  readonly host: string
  readonly port: number
  readonly user: string
  readonly tokens: Tokens
}

/** What ssh would make of a name: what is given, as on its command line, completed by its configuration files. */
export async function configured(name: string, given: SshSettings): Promise<Configured> {
  return new Search(name, given).result(await configFiles(given.configFile))
}

class Search {
  readonly #name: string
  #settings: SshSettings
  /** What `Host` compares with: the name as it was given, in a second reading what it came to. */
  #subject: string
  #final = false
  #again = false

  constructor(name: string, given: SshSettings) {
    this.#name = name
    this.#settings = given
    this.#subject = name
  }

  async result(files: readonly ConfigFile[]): Promise<Configured> {
    for (const file of files) await this.#read(file, true)
    if (this.#again) {
      this.#final = true
      this.#subject = this.#host().toLowerCase()
      this.#settings = { ...this.#settings, hostName: this.#subject }
      for (const file of files) await this.#read(file, true)
    }
    const host = this.#host().toLowerCase()
    const tokens = { ...this.#tokens(), h: host }
    return { settings: this.#settings, host, ...this.#known(), tokens }
  }

  async #read(file: ConfigFile, enclosing: boolean): Promise<void> {
    let active = enclosing
    for (const line of file) {
      if (line.keyword === 'host') active = enclosing && this.#isMeant(line)
      else if (line.keyword === 'match') active = enclosing && (await this.#matches(line))
      else for (const included of line.included) await this.#read(included, active)
      if (active) this.#take(line)
    }
  }

  #isMeant({ words = [] }: ConfigLine): boolean {
    const meant = (pattern: string) => globMatches(pattern, this.#subject)
    if (words.some((word) => word.startsWith('!') && meant(word.slice(1)))) return false
    return words.some((word) => !word.startsWith('!') && meant(word))
  }

  async #matches({ words, place }: ConfigLine): Promise<boolean> {
    if (words === undefined) throw refusedSetting(place, 'a quote is not closed.')
    if (asksForFinal(words)) this.#again = true
    try {
      return await matchHolds(words, {
        host: this.#host(),
        originalHost: this.#name,
        user: this.#known().user,
        localUser: localUser(),
        final: this.#final,
        fill: (command) => expanded(command, this.#tokens()),
      })
    } catch (error) {
      if (error instanceof UnknownCriterion || error instanceof UnknownToken) {
        throw refusedSetting(place, error.message, { cause: error })
      }
      throw error
    }
  }

  #take(line: ConfigLine): void {
    if (line.keyword === 'canonicalizehostname' && !/^(no|none|false)$/i.test(line.words?.[0] ?? '')) {
      this.#again = true
      if (isIP(this.#host()) === 0 && !this.#host().includes('.')) throw this.#notCanonical(line)
    }
    const reading = readSetting(line)
    if (reading === undefined) return
    if ('refused' in reading) throw refusedSetting(line.place, reading.refused)
    this.#settings = firstWins(this.#settings, reading.settings)
  }

  #known(): { readonly port: number; readonly user: string } {
    const { port = 22, user = localUser() } = this.#settings
    return { port, user }
  }

  #host(): string {
    const { hostName } = this.#settings
    return hostName === undefined ? this.#subject : expanded(hostName, { '%': '%', h: this.#subject })
  }

  #tokens(): Tokens {
    const { hostKeyAlias } = this.#settings
    return tokensOf({ ...this.#known(), name: this.#name, host: this.#host(), hostKeyAlias })
  }

  #notCanonical({ place }: ConfigLine): Unreachable {
    return new Unreachable(
      'settings',
      `${place}: which host "${this.#host()}" is, CanonicalizeHostname would ask the name service; this is not done.`,
      'Write the full name or the address of the host: ansible_host.',
    )
  }
}
