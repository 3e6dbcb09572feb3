import { UserError } from '../errors.ts'

/** A backup, or a part of it, that cannot be rested on: it was altered, or is encrypted for somebody else. */
export class Unsound extends UserError {
  override readonly name = 'Unsound'
}

/** What is kept is not what was written. */
export function damaged(message: string, cause?: unknown): Unsound {
  return new Unsound(
    message,
    'Rest on another backup: playbooks/backup.ts list shows them, and verify says which are whole.',
    { cause },
  )
}
