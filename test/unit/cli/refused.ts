import * as assert from 'uvu/assert'
import { UserError } from '../../../lib/errors.ts'

/** Asserts that this is refused with such a message, and advice. */
export function refused(work: () => unknown, message: RegExp, advice?: RegExp): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    assert.match(error.message, message)
    assert.match(error.advice, advice ?? /./)
    return
  }
  assert.unreachable('it was not refused')
}
