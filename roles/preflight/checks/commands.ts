import { packagesOn } from '../../../lib/cluster/packages.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import * as messages from '../messages/index.ts'
import { indispensable } from '../sought.ts'
import { fatal, mended, type Check, type Found, type Subject } from '../subject.ts'

/** The commands that the tasks to come will call. */
export const commands: Check = {
  name: 'commands',
  judge: (subject) => [...withoutPackage(subject), ...ofPackages(subject)],
}

function withoutPackage({ name: host, survey }: Subject): readonly Found[] {
  return indispensable
    .filter((command) => !survey.commands.has(command))
    .map((command) => fatal(messages.commandIsMissing({ host, command })))
}

function ofPackages({ name: host, roles, survey, configuration, tuning }: Subject): readonly Found[] {
  const missing = packagesOn(roles, configuration)
    .flatMap(({ command }) => command ?? [])
    .filter((command) => !survey.commands.has(command))
  if (missing.length === 0) return []
  const family = survey.os?.family ?? 'other'
  const task = tuning.packages === 'managed' && family !== 'other' ? tuningTasks.packages : undefined
  return [
    mended(task, 'fatal', (mends) => messages.commandsAreToCome({ host, commands: missing, task: mends })),
  ]
}
