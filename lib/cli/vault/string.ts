import { buffer } from 'node:stream/consumers'
import { UserError } from '../../errors.ts'
import { askHidden, processTerminal, type Terminal } from '../terminal.ts'

const indent = ' '.repeat(10)

/** The text to be encrypted: typed where there is a terminal, else all of stdin, to its last line break. */
export async function textToEncrypt(terminal: Terminal = processTerminal): Promise<Buffer> {
  const text =
    terminal.input.isTTY === true
      ? Buffer.from(await askHidden('Text to encrypt: ', terminal))
      : await buffer(terminal.input)
  if (text.length === 0)
    throw new UserError('Expected a text to encrypt, found none.', 'Type it, or pipe it in.')
  if (text.at(-1) === 0x0a) terminal.output.write('The line break at its end is encrypted as well.\n')
  return text
}

/** An encrypted text as a value in YAML, as `ansible-vault encrypt_string` writes it. */
export function yamlBlock(text: string, name: string | undefined): string {
  const lines = text.trimEnd().split('\n')
  return [`${name === undefined ? '' : `${name}: `}!vault |`, ...lines.map((line) => indent + line), ''].join(
    '\n',
  )
}
