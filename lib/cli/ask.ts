import { UserError } from '../errors.ts'
import { Secret } from '../secrets/secret.ts'
import { askHidden, askLine, needTerminal, processTerminal, type Terminal } from './terminal.ts'

export interface Passwords {
  readonly connection?: Secret
  readonly become?: Secret
}

export interface Asked {
  readonly askPass: boolean
  readonly askBecomePass: boolean
}

/** Asks for the passwords of `-k` and `-K`; as in Ansible, an empty one for sudo means the one to log in with. */
export async function askPasswords(
  { askPass, askBecomePass }: Asked,
  terminal: Terminal = processTerminal,
): Promise<Passwords> {
  const connection = askPass
    ? await askPassword('SSH password: ', '--ask-pass', 'ansible_password', terminal)
    : undefined
  if (!askBecomePass) return connection === undefined ? {} : { connection }
  if (connection === undefined) {
    return {
      become: await askPassword(
        'BECOME password: ',
        '--ask-become-pass',
        'ansible_become_password',
        terminal,
      ),
    }
  }
  const question = 'BECOME password [defaults to SSH password]: '
  const typed = await askHidden(question, terminal)
  return { connection, become: typed === '' ? connection : new Secret(typed, '--ask-become-pass') }
}

async function askPassword(
  question: string,
  flag: string,
  variable: string,
  terminal: Terminal,
): Promise<Secret> {
  const advice = `Set ${variable} for the host or group in an encrypted variable file, and leave ${flag} away.`
  needTerminal(terminal, `${flag} asks for a password, which`, advice)
  const typed = await askHidden(question, terminal)
  if (typed !== '') return new Secret(typed, flag)
  throw new UserError(`${flag} was answered with an empty password.`, `Type it when asked. ${advice}`)
}

/** Asks before something that cannot be taken back; `--yes` answers beforehand. */
export async function confirm(
  question: string,
  { yes, terminal = processTerminal }: { readonly yes: boolean; readonly terminal?: Terminal },
): Promise<boolean> {
  if (yes) return true
  needTerminal(terminal, `"${question}" must be confirmed, which`, 'Give --yes if that is what you want.')
  return /^y(es)?$/i.test(await askLine(`${question} (y/N) `, terminal))
}
