import type { Playbook } from '../play/playbook.ts'
import type { Passwords } from './ask.ts'
import type { Options } from './flags.ts'
import { layGround, type Ground } from './ground.ts'
import type { Settings } from './settings/settings.ts'

/** The ground of a run, once its user was asked for the passwords that are to be asked for. */
export async function askedGround(
  playbook: Playbook,
  file: string,
  options: Options,
  settings: Settings,
): Promise<Ground> {
  const { connection, become } = await passwordsOf(options)
  const passwords = {
    ...(connection === undefined ? {} : { password: connection }),
    ...(become === undefined ? {} : { becomePassword: become }),
  }
  return layGround(playbook, file, options, passwords, settings)
}

async function passwordsOf(options: Options): Promise<Passwords> {
  if (!options.askPass && !options.askBecomePass) return {}
  const { askPasswords } = await import('./ask.ts')
  return askPasswords(options)
}
