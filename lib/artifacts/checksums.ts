import { ArtifactFailed } from './artifact-failed.ts'
import { failureOf, isFinal, type AttemptEnd, type AttemptOptions } from './attempt.ts'
import { get, statusOf } from './request.ts'
import { rounds, type Source } from './rounds.ts'

/** More is no list of checksums. */
const longestList = 4 * 1024 * 1024

const lists = new Map<string, Promise<string>>()

/** The SHA-256 that a list of them gives for a name; the list is fetched once, however many ask. */
export async function checksumFrom(source: Source, name: string): Promise<string> {
  const known = lists.get(source.url) ?? fetchList(source)
  lists.set(source.url, known)
  known.catch(() => lists.delete(source.url))
  const found = parseChecksums(await known, name)
  if (found !== undefined) return found
  throw new ArtifactFailed(
    `The list of checksums ${source.url} names no ${name}.`,
    'Look into the list for how the file is called there.',
  )
}

/** Reads what `sha256sum` writes, its BSD form, and a file that holds one checksum and nothing else. */
export function parseChecksums(text: string, name: string): string | undefined {
  const alone = /^\s*([0-9a-f]{64})\s*$/i.exec(text)?.[1]
  if (alone !== undefined) return alone.toLowerCase()
  for (const line of text.split(/\r?\n/)) {
    const plain = /^\\?([0-9a-f]{64})[ \t]+\*?(.+?)\s*$/i.exec(line)
    const bsd = /^SHA256 ?\((.+)\) ?= ?([0-9a-f]{64})\s*$/i.exec(line)
    const [file, sum] = plain === null ? [bsd?.[1], bsd?.[2]] : [plain[2], plain[1]]
    if (file?.replace(/^\.\//, '') === name) return sum?.toLowerCase()
  }
  return undefined
}

async function fetchList(source: Source): Promise<string> {
  let text = ''
  await rounds(source, async (address, options) => {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), options.stallMs)
    try {
      const answer = await bodyOf(address, { ...options, signal: controller.signal })
      if (typeof answer !== 'string') return answer
      text = answer
      return { is: 'whole' }
    } catch (error) {
      const none = { received: 0, total: undefined }
      return {
        is: 'failed',
        what: failureOf(error, controller.signal.aborted, none, options.stallMs),
        final: false,
      }
    } finally {
      clearTimeout(timer)
    }
  })
  return text
}

async function bodyOf(
  address: string,
  options: Omit<AttemptOptions, 'onProgress'> & { readonly signal: AbortSignal },
): Promise<string | AttemptEnd> {
  const response = await get(new URL(address), options)
  const { statusCode } = response
  if (statusCode !== 200) {
    response.destroy()
    return { is: 'failed', what: `answered ${statusOf(response)}`, final: isFinal(statusCode) }
  }
  let text = ''
  for await (const chunk of response as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1')
    if (text.length <= longestList) continue
    response.destroy()
    return { is: 'failed', what: 'is too long for a list of checksums', final: true }
  }
  return text
}
