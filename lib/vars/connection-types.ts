import { shellWords, UnclosedQuote } from '../inventory/shell-words.ts'
import { textOf } from './scalar-schemas.ts'
import { schema, Wrong, type Options, type Schema } from './schema-type.ts'

/** By what a host is reached: ssh, nothing (this machine), a container's own tool, or any command that gives a shell. */
export const connectionTypes = ['ssh', 'local', 'docker', 'podman', 'command'] as const
export type ConnectionType = (typeof connectionTypes)[number]

/** Ansible's names for the same. */
const aliases: Readonly<Record<string, ConnectionType>> = {
  smart: 'ssh',
  paramiko: 'ssh',
  paramiko_ssh: 'ssh',
  'community.docker.docker': 'docker',
  'containers.podman.podman': 'podman',
}

/** The type with this name; undefined for one that is not known. */
export function connectionTypeOf(name: string): ConnectionType | undefined {
  const short = name.replace(/^ansible\.builtin\./, '')
  return aliases[short] ?? connectionTypes.find((type) => type === short)
}

export const connectionType = schema<ConnectionType, Options<ConnectionType>>(
  {
    type: connectionTypes.map((type) => `"${type}"`).join(' or '),
    parse: (found) =>
      connectionTypeOf(textOf(found) ?? '') ??
      new Wrong(
        `Write ${connectionTypes.join(', ')}; "command" reaches what troupe_command gives a shell of.`,
      ),
  },
  undefined,
) as Schema<ConnectionType>

/** A command line, as words. */
export const commandWords = schema<readonly string[], Options<readonly string[]>>(
  {
    type: 'command that is followed by -c and a program',
    parse(found) {
      try {
        const { words } = shellWords(textOf(found) ?? '')
        return words.length > 0
          ? words
          : new Wrong('Write a command that ends in a shell: chroot /srv/web sh')
      } catch (cause) {
        if (cause instanceof UnclosedQuote) return new Wrong('Close the quote.')
        throw cause
      }
    },
  },
  undefined,
) as Schema<readonly string[]>
