import type { HostKeyChecking } from '../host-keys.ts'
import type { LoginMethod } from '../authentication.ts'
import type { Line } from './words.ts'

/** What may be said of a connection, on a command line of ssh or in ssh_config; tokens and `~` as they are written. */
export interface SshSettings {
  readonly hostName?: string
  readonly user?: string
  readonly port?: number
  /** Those of all places are tried; none at all where `none` stands. */
  readonly keyFiles?: readonly string[]
  readonly identitiesOnly?: boolean
  readonly identityAgent?: string
  /** The hosts to go through, the nearest first, or the command whose standard input and output is the connection. */
  readonly proxy?: { readonly jumps: readonly string[] } | { readonly command: string }
  readonly knownHostsFiles?: readonly string[]
  readonly globalKnownHostsFiles?: readonly string[]
  readonly hostKeyChecking?: HostKeyChecking
  readonly hostKeyAlias?: string
  readonly hashKnownHosts?: boolean
  readonly connectTimeoutMs?: number
  readonly aliveIntervalMs?: number
  readonly aliveMisses?: number
  readonly loginMethods?: readonly LoginMethod[]
  readonly keysAllowed?: boolean
  readonly passwordsAllowed?: boolean
  readonly questionsAllowed?: boolean
  /** Read instead of the user's and the system's; `none` reads none. */
  readonly configFile?: string
}

/** What a line says; undefined where it says nothing of how a host is reached. */
export type Reading = { readonly settings: SshSettings } | Refused | undefined

/** The first to say something counts, as with ssh; keys add up. */
export function firstWins(...all: readonly SshSettings[]): SshSettings {
  const keyFiles = all.flatMap((settings) => settings.keyFiles ?? [])
  const said = all.some((settings) => settings.keyFiles !== undefined)
  const merged: SshSettings = Object.assign({}, ...all.toReversed())
  return said ? { ...merged, keyFiles: [...new Set(keyFiles)] } : merged
}

/** Reads one setting. */
export function readSetting({ keyword, words, rest }: Line): Reading {
  const read = readers[keyword]
  if (read === undefined) return undefined
  if (words === undefined) return { refused: `Close the quote behind ${keyword}.` }
  if (words.length === 0 || words[0] === '') return { refused: `Give ${keyword} a value.` }
  const result = read(words, rest)
  return 'refused' in result ? result : { settings: result }
}

interface Refused {
  readonly refused: string
}

type Read = (words: readonly string[], rest: string) => SshSettings | Refused

const methods = ['publickey', 'password', 'keyboard-interactive'] as const

const readers: Readonly<Record<string, Read>> = {
  hostname: ([hostName = '']) => ({ hostName }),
  user: ([user = '']) => ({ user }),
  port: ([text = '']) => {
    const port = Number(text)
    return /^\d+$/.test(text) && port > 0 && port < 65_536
      ? { port }
      : { refused: `Correct the port "${text}".` }
  },
  identityfile: ([file = '']) => ({ keyFiles: [file] }),
  identitiesonly: yesNo((identitiesOnly) => ({ identitiesOnly })),
  identityagent: ([identityAgent = '']) => ({ identityAgent }),
  proxyjump: (_words, rest) => {
    const written = rest.replace(/\s*#.*$/, '')
    return { proxy: { jumps: /^none$/i.test(written) ? [] : written.split(',').map((jump) => jump.trim()) } }
  },
  proxycommand: (_words, rest) => ({ proxy: rest === 'none' ? { jumps: [] } : { command: rest } }),
  userknownhostsfile: (knownHostsFiles) => ({ knownHostsFiles }),
  globalknownhostsfile: (globalKnownHostsFiles) => ({ globalKnownHostsFiles }),
  stricthostkeychecking: ([word = '']) => {
    const hostKeyChecking = checking[word.toLowerCase()]
    return hostKeyChecking === undefined
      ? { refused: 'Write StrictHostKeyChecking=yes, accept-new or no.' }
      : { hostKeyChecking }
  },
  hostkeyalias: ([hostKeyAlias = '']) => ({ hostKeyAlias }),
  hashknownhosts: yesNo((hashKnownHosts) => ({ hashKnownHosts })),
  connecttimeout: seconds((connectTimeoutMs) => (connectTimeoutMs > 0 ? { connectTimeoutMs } : {})),
  // ssh's 0 is not to look at all: contact is never left unwatched here.
  serveraliveinterval: seconds((aliveIntervalMs) => (aliveIntervalMs > 0 ? { aliveIntervalMs } : {})),
  serveralivecountmax: ([text = '']) => {
    return /^[1-9]\d*$/.test(text)
      ? { aliveMisses: Number(text) }
      : { refused: `Correct ServerAliveCountMax: "${text}".` }
  },
  preferredauthentications: ([list = '']) => ({
    loginMethods: list.split(',').flatMap((name) => methods.find((method) => method === name) ?? []),
  }),
  pubkeyauthentication: ([word = '']) => ({ keysAllowed: word.toLowerCase() !== 'no' }),
  passwordauthentication: yesNo((passwordsAllowed) => ({ passwordsAllowed })),
  kbdinteractiveauthentication: yesNo((questionsAllowed) => ({ questionsAllowed })),
  challengeresponseauthentication: yesNo((questionsAllowed) => ({ questionsAllowed })),
  certificatefile: unless('none', 'CertificateFile is not supported: log in with a plain key.'),
  proxyusefdpass: unless('no', 'Remove ProxyUseFdpass: a ProxyCommand has to pass the bytes itself.'),
  revokedhostkeys: unless(
    'none',
    'Mark revoked keys as @revoked in a known_hosts file; RevokedHostKeys is not read.',
  ),
  knownhostscommand: unless('none', 'Write the keys into a known_hosts file; KnownHostsCommand is not run.'),
}

/** The keywords that are understood, in lower case. */
export const settingNames: readonly string[] = Object.keys(readers)

const checking: Readonly<Record<string, HostKeyChecking>> = {
  yes: 'yes',
  true: 'yes',
  ask: 'yes',
  'accept-new': 'accept-new',
  no: 'no',
  off: 'no',
  false: 'no',
}

function yesNo(settings: (value: boolean) => SshSettings): Read {
  return ([word = '']) => {
    if (/^(yes|true)$/i.test(word)) return settings(true)
    return /^(no|false)$/i.test(word) ? settings(false) : { refused: `Write yes or no, not "${word}".` }
  }
}

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** A span as ssh writes it: `90`, `1m30s`. */
function seconds(settings: (ms: number) => SshSettings): Read {
  return ([text = '']) => {
    if (text.toLowerCase() === 'none') return {}
    if (!/^(\d+[smhdw]?)+$/i.test(text)) return { refused: `Write a time like 10 or 1m30s, not "${text}".` }
    const parts = [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)]
    const sum = parts.map(([, amount, unit = '']) => Number(amount) * (unitSeconds[unit] ?? 1))
    return settings(sum.reduce((a, b) => a + b, 0) * 1000)
  }
}

function unless(harmless: string, refused: string): Read {
  return ([word = '']): SshSettings | Refused => (word.toLowerCase() === harmless ? {} : { refused })
}
