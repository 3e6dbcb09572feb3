import { UserError } from '../errors.ts'
import { groupMembers } from '../inventory/aliases.ts'
import type { Confirmation, Playbook } from '../play/playbook.ts'
import type { Ground } from './ground.ts'
import { askLine, needTerminal, processTerminal, type Terminal } from './terminal.ts'

/** Asks what a playbook wants to be told before it touches a host; throws where that is not what is said. */
export async function askConfirmation(
  confirmationOf: NonNullable<Playbook['confirmation']>,
  { inventory, member }: Pick<Ground, 'inventory' | 'member'>,
  terminal: Terminal = processTerminal,
): Promise<void> {
  const group = (name: string) => groupMembers(inventory, name).map(member)
  const confirmation = confirmationOf({ group })
  const { question, answer, variable } = confirmation
  const given = group('all')
    .map(({ vars }) => vars[variable])
    .find((value) => value !== undefined)
  const advice = `Give -e ${variable}=${answer} if that is what you want.`
  if (given === undefined) {
    needTerminal(terminal, `"${question}" must be answered, which`, advice)
  }
  const said = given === undefined ? await askLine(`${question} `, terminal) : textOf(given)
  if (said !== answer) throw refused(confirmation, said, advice)
}

function refused({ answer }: Confirmation, said: string, advice: string): UserError {
  const words = said === '' ? 'Nothing was said' : `"${said}" was said`
  return new UserError(`${words}, and "${answer}" was to be: nothing was touched.`, advice)
}

/** A name may look like a number. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
