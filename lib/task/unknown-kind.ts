import type { Intent } from './journal.ts'

/** Why a change cannot be undone whose kind nobody has imported, with the role that knew it. */
export function unknownKind({ kind, at, roleFolder }: Intent): Error {
  const whence = roleFolder === undefined ? '' : `, in ${roleFolder},`
  return new Error(
    `The kind "${kind}" is not known here: the role ${at.role}${whence} used it, and this playbook does not import it. ` +
      'Import the module of that role in the playbook, then run --revert again.',
  )
}
