import { UserError } from '../errors.ts'
import type { S3Settings } from './s3-client.ts'

const refused = ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'AccessDenied', 'XAdminUserNotFound']
const silent = [
  'TimeoutError',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EPIPE',
]

/** What went wrong with a bucket, in words that name where it is and never its keys. */
export function inWords(error: unknown, settings: S3Settings): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error
  const names = causes(error).flatMap(namesOf)
  const isOneOf = (list: readonly string[]) => names.some((name) => list.includes(name))
  const { endpoint = `Amazon S3 in ${settings.region}`, bucket } = settings
  if (isOneOf(['NoSuchBucket'])) {
    return new UserError(
      `There is no bucket ${bucket} at ${endpoint}.`,
      'Make it there, or correct backup.s3.bucket; a run makes none.',
      { cause: error },
    )
  }
  if (isOneOf(refused) || isForbidden(error)) {
    return new UserError(
      `${endpoint} refuses the keys given for the bucket ${bucket} (${error.name}).`,
      `Correct backup.s3.accessKey (from ${settings.accessKey.source}) and secretKey, or what they may do there.`,
      { cause: error },
    )
  }
  if (isOneOf(silent)) {
    return new UserError(
      `${endpoint} does not answer within ${settings.timeout} (${names.find((name) => silent.includes(name))}).`,
      'Look whether it is up and reached from here, or correct backup.s3.endpoint.',
      { cause: error },
    )
  }
  if (!('$metadata' in error)) return error
  return new UserError(
    `${endpoint} does not do what is asked of the bucket ${bucket}: ${error.name}: ${error.message}`,
    'Look into the log of that service.',
    { cause: error },
  )
}

function isForbidden(error: Error): boolean {
  const { httpStatusCode } = ('$metadata' in error ? error.$metadata : {}) as { httpStatusCode?: number }
  return httpStatusCode === 401 || httpStatusCode === 403
}

function causes(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return []
  const several: readonly unknown[] = error instanceof AggregateError ? error.errors : []
  return [error, ...several.flatMap(causes), ...causes(error.cause)]
}

function namesOf(error: Error): readonly string[] {
  return [error.name, ...('code' in error && typeof error.code === 'string' ? [error.code] : [])]
}
