import type { Playbook } from '../play/playbook.ts'
import { askedGround } from './asked-ground.ts'
import { refuseTasks } from './conflicts.ts'
import type { ExitCode } from './exit-code.ts'
import type { Options } from './flags.ts'
import type { Parse } from './run-command.ts'
import { loadSettings, withSettings } from './settings/settings.ts'

export interface Typed {
  readonly playbook: Playbook
  readonly file: string
  readonly argv: readonly string[]
  readonly typed: Options
  readonly parse: Parse
}

/** Lays the ground that a command line asks for, and runs the playbook on it, or tells what it would come to. */
export async function runTyped({ playbook, file, argv, typed, parse }: Typed): Promise<ExitCode> {
  const settings = loadSettings()
  Object.assign(process.env, { ...settings.environment, ...process.env })
  const given = withSettings(typed, settings)
  const remembered = given.resume === undefined ? undefined : await import('./remembered.ts')
  const taken = remembered?.takeUp(file, given, argv)
  if (remembered !== undefined && taken === undefined) {
    process.stdout.write(`${remembered.nothingToResume(file, given)}\n`)
    return 0
  }
  const options = taken === undefined ? given : withSettings(parse(taken.argv).options, settings)
  refuseTasks(playbook, options)
  const ground = await askedGround(playbook, file, options, settings)
  if (options.listHosts || options.listTasks || options.listTags || options.syntaxCheck) {
    const { informed } = await import('./inform.ts')
    process.stdout.write(await informed(playbook, file, options, ground))
    return 0
  }
  if (playbook.confirmation !== undefined && !options.check && options.revert === undefined) {
    const { askConfirmation } = await import('./confirmation.ts')
    await askConfirmation(playbook.confirmation, ground)
  }
  const { StartedRun } = await import('./started-run.ts')
  return new StartedRun({ playbook, file, options, ground, argv, taken: taken?.directory }).run()
}
