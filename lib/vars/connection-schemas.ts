import { shellWords, UnclosedQuote } from '../inventory/shell-words.ts'
import type { HostKeyChecking } from '../transport/host-keys.ts'
import type { SshSettings } from '../transport/ssh-config/settings.ts'
import { localPath } from './local-path.ts'
import { booleanOf, textOf } from './scalar-schemas.ts'
import { bool, int } from './schema.ts'
import { schema, Wrong, type Options, type Parse, type Schema } from './schema-type.ts'
import { readSshOptions } from './ssh-options.ts'

export const port = int({ doc: 'The port of the SSH server.', min: 1, max: 65_535 })

export const seconds = int({ doc: 'How long a connection may take to open.', min: 1, max: 86_400 })

export const retries = int({ doc: 'How often a first contact is tried again.', min: 0, max: 1000 })

export const yesNo = bool()

/** Text that says what it says: nothing here evaluates Jinja. */
export const text = kind<string>('text', (found) => {
  const written = textOf(found)
  if (written === undefined) return new Wrong('Write a text.')
  return /\{\{.*\}\}/.test(written) ? new Wrong('Write the value itself: {{ }} is not evaluated.') : written
})

export const hostKeyChecking = kind<HostKeyChecking>('yes, accept-new or no', (found) => {
  if (found.value === 'accept-new') return 'accept-new'
  const checked = booleanOf(found.value)
  if (checked === undefined)
    return new Wrong('Write yes, accept-new (for hosts seen for the first time) or no.')
  return checked ? 'yes' : 'no'
})

/** One file or several, as a list or with white space between them, as in ssh_config. */
export const knownHostsFiles = kind<readonly string[]>('path, or list of paths', (found) => {
  const words = found.items?.map(textOf) ?? textOf(found)?.split(/\s+/)
  if (words === undefined || words.length === 0) return new Wrong('Write the path of a known_hosts file.')
  return words.flatMap((word) => (word === undefined || word === '' ? [] : [localPath(word)]))
})

export const sshArgs = kind<SshSettings>('options of ssh that are understood here', (found) => {
  try {
    const read = readSshOptions(shellWords(textOf(found) ?? '').words)
    return 'refused' in read ? new Wrong(read.refused) : read.options
  } catch (cause) {
    if (cause instanceof UnclosedQuote) return new Wrong('Close the quote.')
    throw cause
  }
})

function kind<T>(type: string, parse: Parse<T>): Schema<T> {
  return schema<T, Options<T>>({ type, parse }, undefined) as Schema<T>
}
