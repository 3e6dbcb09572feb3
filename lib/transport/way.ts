import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { LoginMethod } from './authentication.ts'
import { Unreachable } from './errors.ts'
import type { HostKeyChecking } from './host-keys.ts'
import { limits } from './limits.ts'
import type { Keepalive } from './liveness.ts'
import { configured, type Configured } from './ssh-config/config.ts'
import { refusedSetting } from './ssh-config/refused.ts'
import type { SshSettings } from './ssh-config/settings.ts'
import { expanded, expandedPath, UnknownToken } from './ssh-config/tokens.ts'
import { readJump } from './jump.ts'

/** Where a host is and how to log in there, with nothing left to look up. */
export interface Way {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Those of OpenSSH's own that are there, when left out. */
  readonly keyFiles?: readonly string[]
  readonly identitiesOnly?: boolean
  readonly agent?: string
  readonly loginMethods?: readonly LoginMethod[]
  readonly knownHostsFiles: readonly string[]
  readonly hostKeyAlias?: string
  readonly hashKnownHosts?: boolean
  readonly hostKeyChecking: HostKeyChecking
  readonly connectTimeoutMs?: number
  readonly keepalive?: Keepalive
  /** What leads there, when it is not reached directly. */
  readonly through?: Through
}

export type Through =
  | { readonly jump: Way }
  /** `gate` is common to all that one proxy leads to. */
  | { readonly command: string; readonly gate: string }

/** For messages: `op@10.0.0.1:22`. */
export function wayName({ user, host, port }: Pick<Way, 'user' | 'host' | 'port'>): string {
  return `${user}@${host}:${port}`
}

/** The way to a host: what is given counts as on ssh's command line, what is not stands in ssh_config. */
export async function wayTo(name: string, given: SshSettings): Promise<Way> {
  return find(name, given, [])
}

async function find(name: string, given: SshSettings, behind: readonly string[]): Promise<Way> {
  const found = await configured(name, given)
  try {
    const title = wayName(found)
    if (behind.includes(title)) throw roundabout([...behind, title])
    const through = await throughOf(found, given.configFile, [...behind, title])
    return { ...loginOf(found, given), ...trustOf(found), ...(through === undefined ? {} : { through }) }
  } catch (error) {
    if (error instanceof UnknownToken)
      throw refusedSetting(`the ssh settings of ${name}`, error.message, { cause: error })
    throw error
  }
}

async function throughOf(
  { settings: { proxy }, tokens }: Configured,
  configFile: string | undefined,
  behind: readonly string[],
): Promise<Through | undefined> {
  if (proxy === undefined) return undefined
  if ('command' in proxy) return { command: expanded(proxy.command, tokens, 'hnpr'), gate: proxy.command }
  const jumps = proxy.jumps.map((jump) => expanded(jump, tokens, 'hnpr'))
  const nearest = jumps.at(-1)
  if (nearest === undefined) return undefined
  const { host, ...given } = readJump(nearest)
  const before = jumps.slice(0, -1)
  // As ssh does it, which starts itself for a jump: nothing is handed on but the file, user and port.
  const settings: SshSettings = {
    ...given,
    ...(configFile === undefined ? {} : { configFile }),
    ...(before.length > 0 ? { proxy: { jumps: before } } : {}),
  }
  return { jump: await find(host, settings, behind) }
}

function loginOf({ settings, host, port, user, tokens }: Configured, given: SshSettings) {
  const { keyFiles, identitiesOnly, connectTimeoutMs, aliveIntervalMs, aliveMisses } = settings
  const path = (written: string) => expandedPath(written, tokens)
  const agent = agentOf(settings, path)
  // As ssh does it: a key of ssh_config may be missing, on this machine or for this host.
  const usable = (written: string) =>
    written.toLowerCase() !== 'none' &&
    (given.keyFiles?.includes(written) === true || existsSync(path(written)))
  const { intervalMs, misses } = limits.keepalive
  const { loginMethods = ['publickey', 'password', 'keyboard-interactive'] } = settings
  const { keysAllowed = true, passwordsAllowed = true, questionsAllowed = true } = settings
  const allowed = {
    publickey: keysAllowed,
    password: passwordsAllowed,
    'keyboard-interactive': questionsAllowed,
  }
  return {
    host,
    port,
    user,
    ...(keyFiles === undefined ? {} : { keyFiles: keyFiles.filter(usable).map(path) }),
    ...(identitiesOnly === undefined ? {} : { identitiesOnly }),
    ...(agent === undefined ? {} : { agent }),
    loginMethods: loginMethods.filter((method) => allowed[method]),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    keepalive: { intervalMs: aliveIntervalMs ?? intervalMs, misses: aliveMisses ?? misses },
  }
}

function trustOf({ settings, tokens }: Configured) {
  const {
    knownHostsFiles,
    globalKnownHostsFiles,
    hostKeyChecking = 'yes',
    hostKeyAlias,
    hashKnownHosts,
  } = settings
  const ssh = (name: string) => join(homedir(), '.ssh', name)
  const users = knownHostsFiles ?? [ssh('known_hosts'), ssh('known_hosts2')]
  const global = globalKnownHostsFiles ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']
  return {
    knownHostsFiles: [...users, ...global].map((path) => {
      return path.toLowerCase() === 'none' ? '/dev/null' : expandedPath(path, tokens)
    }),
    hostKeyChecking,
    ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }),
    ...(hashKnownHosts === undefined ? {} : { hashKnownHosts }),
  }
}

function agentOf({ identityAgent }: SshSettings, path: (written: string) => string): string | undefined {
  if (identityAgent === undefined || identityAgent === 'SSH_AUTH_SOCK') return process.env['SSH_AUTH_SOCK']
  if (identityAgent.toLowerCase() === 'none') return undefined
  const [, variable] = /^\$(\w+)$/.exec(identityAgent) ?? []
  return variable === undefined ? path(identityAgent) : process.env[variable]
}

function roundabout(ways: readonly string[]): Unreachable {
  return new Unreachable(
    'settings',
    `The way to ${ways[0]} leads in a circle: ${ways.join(' through ')}.`,
    'Write "ProxyJump none" for the jump host in ssh_config, above the section that sends all hosts through it.',
  )
}
