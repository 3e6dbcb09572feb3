import { UserError } from '../errors.ts'

/**
 * Reads what we left in a file on a host. What is damaged there is an error that names the file: taken for nothing,
 * it would make a run forget what it has to put back.
 */
export function parseMemory<T>(
  host: string,
  path: string,
  content: Buffer,
  isWhole: (value: unknown) => value is T,
): T {
  const value = parsed(content.toString())
  if (isWhole(value)) return value
  throw new UserError(
    `${path} on ${host} holds what we remember there, and cannot be read: it was damaged or edited.`,
    `Put it back from a backup; or move it away, and what it says is forgotten, so look at what --check names then.`,
  )
}

/** A map of JSON whose every value is of one form. */
export function isRecordOf<T>(
  isRight: (value: unknown) => value is T,
): (value: unknown) => value is Record<string, T> {
  return (value): value is Record<string, T> => isRecord(value) && Object.values(value).every(isRight)
}

/** Any map of JSON. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
