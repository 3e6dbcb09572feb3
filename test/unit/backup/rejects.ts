import { UserError } from '../../../lib/errors.ts'

/** What work fails with, in words for its user. */
export async function rejects(
  work: Promise<unknown>,
): Promise<{ readonly message: string; readonly advice: string }> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { message: error.message, advice: error instanceof UserError ? error.advice : '' }
  }
  throw new Error('It did not fail.')
}
