import { readFile } from 'node:fs/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { localPath } from '../../vars/local-path.ts'
import type { HttpAnswersArgs } from './http-answers.ts'

export interface HttpQuestion extends Pick<HttpAnswersArgs, 'url'> {
  readonly tls: NonNullable<HttpAnswersArgs['tls']>
  readonly timeoutMs: number
}

export type HttpFound =
  | { readonly is: 'answered'; readonly status: number; readonly body: string }
  | { readonly is: 'failed'; readonly why: string }

/** Asks an address from the controller. */
export async function askHttpFromHere({ url, tls, timeoutMs }: HttpQuestion): Promise<HttpFound> {
  const read = async (path: string | undefined) =>
    path === undefined ? undefined : readFile(localPath(path))
  const [ca, cert, key] = await Promise.all([tls.ca, tls.cert, tls.key].map(read))
  const trust = { ca, cert, key, rejectUnauthorized: tls.insecure !== true }
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const { request } = url.startsWith('https:') ? https : http
      request(url, { agent: false, signal, ...trust }, resolve)
        .on('error', reject)
        .end()
    })
    let body = ''
    for await (const chunk of response) body += String(chunk)
    return { is: 'answered', status: response.statusCode ?? 0, body }
  } catch (error) {
    return { is: 'failed', why: why(error, signal.aborted, timeoutMs) }
  }
}

function why(error: unknown, late: boolean, timeoutMs: number): string {
  if (late) return `there is no answer within ${timeoutMs / 1000} s`
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ECONNREFUSED') return 'the connection is refused'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no name server knows its host'
  return error instanceof Error ? error.message : String(error)
}
