import type { HostKeyChecking } from './connection.ts'
import { localPath } from './local-path.ts'

/** What `ansible_ssh_common_args` and its like may say about a connection. */
export interface SshOptions {
  readonly port?: number
  readonly user?: string
  readonly keyFile?: string
  readonly hostKeyChecking?: HostKeyChecking
  readonly knownHostsFiles?: readonly string[]
}

type Reading = { readonly options: SshOptions } | { readonly refused: string }

/** How ssh shares, compresses and watches its connections has no meaning here: there is one kept connection a host. */
const withoutMeaning = new Set(
  (
    'compression connecttimeout controlmaster controlpath controlpersist loglevel ' +
    'serveralivecountmax serveraliveinterval tcpkeepalive'
  ).split(' '),
)

const longNames: Readonly<Record<string, string>> = {
  i: 'IdentityFile',
  l: 'User',
  p: 'Port',
  J: 'ProxyJump',
}

/** Reads options as on ssh's command line; the first of its kind counts. What is not understood is refused. */
export function readSshOptions(words: readonly string[]): Reading {
  let options: SshOptions = {}
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (/^-[Cqv]+$/.test(word)) continue
    const [, letter = '', attached = ''] = /^-([oilpJ])(.*)$/.exec(word) ?? []
    if (letter === '') return { refused: `Remove "${word}": it is not understood here.` }
    const value = attached === '' ? (rest.shift() ?? '') : attached
    const [, name = '', setting = ''] =
      letter === 'o' ? (/^\s*(\w+)\s*[=\s]\s*(.*)$/.exec(value) ?? []) : ['', longNames[letter], value]
    const read = readOption(name, setting)
    if ('refused' in read) return read
    options = { ...read.options, ...options }
  }
  return { options }
}

function readOption(name: string, value: string): Reading {
  const key = name.toLowerCase()
  if (withoutMeaning.has(key)) return { options: {} }
  if (value === '') return { refused: `Give the option "${name}" a value.` }
  if (key === 'user') return { options: { user: value } }
  if (key === 'identityfile') return { options: { keyFile: localPath(value) } }
  if (key === 'userknownhostsfile') return { options: { knownHostsFiles: value.split(/\s+/).map(localPath) } }
  if (key === 'port' && /^\d+$/.test(value)) return { options: { port: Number(value) } }
  if (key === 'stricthostkeychecking') return checking(value.toLowerCase())
  if (key === 'proxyjump' || key === 'proxycommand') {
    return { refused: `Remove ${name}: hosts are reached directly. Run from a machine that can reach them.` }
  }
  return { refused: `Remove "${name}": it is not understood here.` }
}

function checking(value: string): Reading {
  if (value === 'accept-new') return { options: { hostKeyChecking: 'accept-new' } }
  if (value === 'no' || value === 'off') return { options: { hostKeyChecking: 'no' } }
  if (value === 'yes' || value === 'ask') return { options: { hostKeyChecking: 'yes' } }
  return { refused: 'Write StrictHostKeyChecking=yes, accept-new or no.' }
}
