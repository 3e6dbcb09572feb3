import { open, rm, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { get, statusOf, type RequestOptions } from './request.ts'

/** How far a fetch has come; the whole is not always known. */
export interface Progress {
  readonly received: number
  readonly total: number | undefined
}

/** What one attempt at an address came to. */
export type AttemptEnd =
  | { readonly is: 'whole' }
  /** What it did, in words; `final` when it would do the same again. */
  | { readonly is: 'failed'; readonly what: string; readonly final: boolean }

export interface AttemptOptions extends Omit<RequestOptions, 'signal'> {
  readonly stallMs: number
  readonly onProgress: (progress: Progress) => void
}

/** By which a server knows that a part is of what it has now. */
export type Validators = Map<string, string>

/** Brings the file at `part` further towards what stands at the address; what it has of it is not asked for again. */
export async function attempt(
  address: string,
  part: string,
  validators: Validators,
  options: AttemptOptions,
): Promise<AttemptEnd> {
  const have = await sizeOf(part)
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(), options.stallMs)
  let progress: Progress = { received: 0, total: undefined }
  try {
    const headers = {
      ...options.headers,
      'accept-encoding': 'identity',
      ...rangeFrom(have, validators.get(address)),
    }
    const response = await get(new URL(address), { ...options, headers, signal: stalled.signal })
    const start = startOf(response, have)
    if (typeof start !== 'number') {
      response.destroy()
      if (start.again) await rm(part, { force: true })
      return { is: 'failed', what: start.what, final: !start.again && isFinal(response.statusCode) }
    }
    remember(validators, address, response)
    progress = { received: start, total: totalOf(response, start) }
    options.onProgress(progress)
    // Written by hand, so that nothing of this attempt is still on its way when the next one begins.
    const file = await open(part, start === 0 ? 'w' : 'a', 0o600)
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        timer.refresh()
        await file.appendFile(chunk)
        progress = { ...progress, received: progress.received + chunk.length }
        options.onProgress(progress)
      }
    } finally {
      await file.close()
    }
    if (progress.total === undefined || progress.received === progress.total) return { is: 'whole' }
    return { is: 'failed', what: `broke off${at(progress)}`, final: false }
  } catch (error) {
    if (isOfDisk(error)) throw error
    return {
      is: 'failed',
      what: failureOf(error, stalled.signal.aborted, progress, options.stallMs),
      final: false,
    }
  } finally {
    clearTimeout(timer)
  }
}

/** The size of a file, 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** ` at 43 %` */
export function at({ received, total }: Progress): string {
  if (total === undefined || total === 0) return received === 0 ? '' : ` after ${received} bytes`
  return ` at ${Math.floor((100 * received) / total)} %`
}

function rangeFrom(have: number, validator: string | undefined): Record<string, string> {
  if (have === 0) return {}
  return { range: `bytes=${have}-`, ...(validator === undefined ? {} : { 'if-range': validator }) }
}

/** At which byte the answer begins, or why it is of no use; `again` when that lies in what is here already. */
function startOf(
  response: IncomingMessage,
  have: number,
): number | { readonly what: string; readonly again: boolean } {
  if (response.statusCode === 200) return 0
  const what = `answered ${statusOf(response)}`
  if (response.statusCode === 416) return { what, again: true }
  if (response.statusCode !== 206) return { what, again: false }
  const first = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1]
  if (have > 0 && Number(first) === have) return have
  return { what: `answered with bytes from ${first ?? 'nowhere'}, not from ${have}`, again: true }
}

function totalOf({ headers }: IncomingMessage, start: number): number | undefined {
  const range = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]
  if (range !== undefined) return Number(range)
  const length = headers['content-length']
  return length === undefined ? undefined : start + Number(length)
}

function remember(validators: Validators, address: string, { headers }: IncomingMessage): void {
  // A weak one does not promise the same bytes.
  const tag = headers.etag?.startsWith('W/') === true ? undefined : headers.etag
  const validator = tag ?? headers['last-modified']
  if (validator === undefined) validators.delete(address)
  else validators.set(address, validator)
}

/** Whether an answer with this status would be the same again. */
export function isFinal(status = 0): boolean {
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status)
}

/** Whether it lies with this machine's disk, and not with an address. */
export function isOfDisk(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT'].includes(String(error.code))
  )
}

/** What an attempt did that broke, in words. */
export function failureOf(error: unknown, stalled: boolean, progress: Progress, stallMs: number): string {
  const begun = progress.received > 0 || progress.total !== undefined
  if (stalled) return begun ? `stalled${at(progress)}` : `did not answer for ${stallMs / 1000} s`
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED') return 'refused the connection'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'has a host that no name server knows'
  if (begun) return `broke off${at(progress)}`
  return error instanceof Error ? error.message : String(error)
}
