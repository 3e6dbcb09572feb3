import type { S3Client } from '@aws-sdk/client-s3'
import { UserError } from '../errors.ts'
import { reveal } from '../secrets/secret.ts'
import { milliseconds } from '../vars/duration.ts'
import type { BackupSettings } from './vars.ts'

export type S3Settings = NonNullable<BackupSettings['s3']>

const connectTimeoutMs = 10_000
const attempts = 3

/** A client of the bucket's service, which takes nothing from the environment of this process. */
export async function clientOf(settings: S3Settings): Promise<S3Client> {
  const { endpoint, region, pathStyle, accessKey, secretKey } = settings
  // On which Node this runs is decided here, and nothing for those who make a backup.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  const { S3Client } = await import('@aws-sdk/client-s3')
  const silence = milliseconds(settings.timeout)
  return new S3Client({
    region,
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: { accessKeyId: reveal(accessKey), secretAccessKey: reveal(secretKey) },
    maxAttempts: attempts,
    // Not every service knows the checksums of Amazon's; what is kept is read back and compared in any case.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(connectTimeoutMs, silence),
      socketTimeout: silence,
    },
  })
}

/** @throws where it is no address, or has a password in it, which would be told along with it */
export function checkEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url?.protocol.startsWith('http') === true && url.username === '' && url.password === '') return endpoint
  const found =
    url === undefined || url.username + url.password === '' ? JSON.stringify(endpoint) : 'one with keys in it'
  throw new UserError(
    `backup.s3.endpoint: expected an address, found ${found}.`,
    'Write it as https://s3.example.com:9000, and the keys as accessKey and secretKey.',
  )
}
