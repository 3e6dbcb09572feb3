import type { Playbook } from '../play/playbook.ts'
import { askedGround } from './asked-ground.ts'
import { refuseTasks } from './conflicts.ts'
import type { ExitCode } from './exit-code.ts'
import type { Options } from './flags.ts'
import { nothingToResume, takeUp } from './remembered.ts'
import { loadSettings, withSettings } from './settings/settings.ts'
import { StartedRun } from './started-run.ts'

/** What a command line makes of a playbook, from its words to its exit code. */
export async function runCommand(
  playbook: Playbook,
  file: string,
  argv: readonly string[],
  parse: (argv: readonly string[]) => { readonly options: Options },
): Promise<ExitCode> {
  const typed = parse(argv).options
  if (typed.help || typed.version) {
    const { informed } = await import('./inform.ts')
    return informed(playbook, file, typed, undefined)
  }
  const settings = loadSettings()
  Object.assign(process.env, { ...settings.environment, ...process.env })
  const given = withSettings(typed, settings)
  const taken = given.resume === undefined ? undefined : takeUp(file, given, argv)
  if (given.resume !== undefined && taken === undefined) {
    process.stdout.write(`${nothingToResume(file, given)}\n`)
    return 0
  }
  const options = taken === undefined ? given : withSettings(parse(taken.argv).options, settings)
  refuseTasks(playbook, options)
  const ground = await askedGround(playbook, file, options, settings)
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
