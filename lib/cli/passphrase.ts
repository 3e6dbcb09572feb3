import { askHidden, needTerminal, processTerminal } from './terminal.ts'

const asked = new Map<string, Promise<string>>()

/** Asks for the passphrase of a private key, once a key. */
export function askPassphrase(file: string): Promise<string> {
  const known = asked.get(file)
  if (known !== undefined) return known
  needTerminal(
    processTerminal,
    `The key ${file} is encrypted; its passphrase`,
    `Add it to an agent first: ssh-add ${file}`,
  )
  const answer = askHidden(`Passphrase for ${file}: `, processTerminal)
  asked.set(file, answer)
  return answer
}
