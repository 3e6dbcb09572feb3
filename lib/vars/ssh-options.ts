import type { SshSettings } from '../transport/ssh-config/settings.ts'
import { firstWins, readSetting } from '../transport/ssh-config/settings.ts'
import { type Line, readLine } from '../transport/ssh-config/words.ts'
import { localPath } from './local-path.ts'

type Reading = { readonly options: SshSettings } | { readonly refused: string }

/** How ssh shares, shows and forwards has no meaning here: there is one kept connection a host, and nobody at it. */
const withoutMeaning = new Set(
  (
    'addkeystoagent batchmode checkhostip compression connectionattempts controlmaster controlpath controlpersist ' +
    'forwardx11 forwardx11trusted gssapiauthentication gssapidelegatecredentials hostbasedauthentication ipqos ' +
    'loglevel numberofpasswordprompts requesttty tcpkeepalive updatehostkeys visualhostkey'
  ).split(' '),
)

/** Options that are settings by another name. */
const longNames: Readonly<Record<string, string>> = {
  i: 'IdentityFile',
  l: 'User',
  p: 'Port',
  J: 'ProxyJump',
}

/** Reads options as on ssh's command line; the first of its kind counts. What is not understood is refused. */
export function readSshOptions(words: readonly string[]): Reading {
  let options: SshSettings = {}
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (/^-[CqTvxank]+$/.test(word)) continue
    const [, letter = '', attached = ''] = /^-([oilpJFS])(.*)$/s.exec(word) ?? []
    if (letter === '') return unknown(word)
    const value = attached === '' ? (rest.shift() ?? '') : attached
    if (letter === 'S') continue
    const read = letter === 'F' ? configFile(value) : readOption(letter, value)
    if ('refused' in read) return read
    options = firstWins(options, read.options)
  }
  return { options }
}

function readOption(letter: string, value: string): Reading {
  if (letter !== 'o') {
    const name = longNames[letter] ?? letter
    return settingOf(name, { keyword: name.toLowerCase(), words: [value], rest: value })
  }
  const line = readLine(value)
  const name = /^\s*(\w+)/.exec(value)?.[1] ?? value
  return line === undefined ? { refused: 'Give -o an option and its value.' } : settingOf(name, line)
}

function settingOf(name: string, line: Line): Reading {
  if (withoutMeaning.has(line.keyword)) return { options: {} }
  if (line.keyword === 'forwardagent' && line.rest.toLowerCase() === 'no') return { options: {} }
  const reading = readSetting(line)
  if (reading === undefined) return unknown(name)
  return 'refused' in reading ? reading : { options: reading.settings }
}

function configFile(path: string): Reading {
  if (path === '') return { refused: 'Give -F a file, or none.' }
  return { options: { configFile: path === 'none' ? path : localPath(path) } }
}

function unknown(name: string): { readonly refused: string } {
  return {
    refused:
      `Remove "${name}": it is not understood here. docs/connections.md lists what is; ` +
      'what all of ssh shall know belongs into ssh_config.',
  }
}
