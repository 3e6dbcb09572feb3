import type { Playbook } from '../play/playbook.ts'
import type { Passwords } from './ask.ts'
import { refuseTasks } from './conflicts.ts'
import type { ExitCode } from './exit-code.ts'
import type { Options } from './flags.ts'
import { layGround } from './ground.ts'
import { nothingToResume, takeUp } from './remembered.ts'
import { StartedRun } from './started-run.ts'

/** What a command line makes of a playbook, from its words to its exit code. */
export async function runCommand(
  playbook: Playbook,
  file: string,
  argv: readonly string[],
  parse: (argv: readonly string[]) => { readonly options: Options },
): Promise<ExitCode> {
  const given = parse(argv).options
  if (given.help || given.version) {
    const { informed } = await import('./inform.ts')
    return informed(playbook, file, given, undefined)
  }
  const taken = given.resume === undefined ? undefined : takeUp(file, given, argv)
  if (given.resume !== undefined && taken === undefined) {
    process.stdout.write(`${nothingToResume(file, given)}\n`)
    return 0
  }
  const options = taken === undefined ? given : parse(taken.argv).options
  refuseTasks(playbook, options)
  const passwords = await passwordsOf(options)
  const ground = await layGround(playbook, file, options, {
    ...(passwords.connection === undefined ? {} : { password: passwords.connection }),
    ...(passwords.become === undefined ? {} : { becomePassword: passwords.become }),
  })
  if (options.listHosts || options.listTasks || options.listTags || options.syntaxCheck) {
    const { informed } = await import('./inform.ts')
    return informed(playbook, file, options, ground)
  }
  if (playbook.confirmation !== undefined && !options.check && options.revert === undefined) {
    const { askConfirmation } = await import('./confirmation.ts')
    await askConfirmation(playbook.confirmation, ground)
  }
  return new StartedRun({ playbook, file, options, ground, argv, taken: taken?.directory }).run()
}

async function passwordsOf(options: Options): Promise<Passwords> {
  if (!options.askPass && !options.askBecomePass) return {}
  const { askPasswords } = await import('./ask.ts')
  return askPasswords(options)
}
