import { StringDecoder } from 'node:string_decoder'
import type { Readable } from 'node:stream'
import { UserError } from '../errors.ts'
import { Interrupted } from '../task/outcome.ts'

/** Where the user is asked; the questions go to stderr, so that stdout stays what was asked for. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown }
  readonly output: { write(text: string): unknown }
}

export const processTerminal: Terminal = { input: process.stdin, output: process.stderr }

/** Throws unless somebody can be asked. */
export function needTerminal({ input }: Terminal, forWhat: string, advice: string): void {
  if (input.isTTY !== true) throw new UserError(`${forWhat} needs a terminal, and there is none.`, advice)
}

/** Asks, and gives the line that is typed. Ctrl-C stays a signal; a closed input ends the run. */
export function askLine(
  question: string,
  { input, output }: Terminal,
  signal?: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8')
    let typed = ''
    const finish = () => {
      input.off('data', read).off('end', cancel).pause()
      signal?.removeEventListener('abort', cancel)
    }
    const cancel = () => {
      finish()
      output.write('\n')
      reject(new Interrupted())
    }
    const read = (data: Buffer | string) => {
      typed += decoder.write(Buffer.from(data))
      const end = typed.indexOf('\n')
      if (end < 0) return
      finish()
      resolve(typed.slice(0, end).trim())
      typedAhead(input, typed.slice(end + 1))
    }
    if (signal?.aborted) return reject(new Interrupted())
    output.write(question)
    if (input.readableEnded) return cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    input.on('data', read).once('end', cancel).resume()
  })
}

/** What was typed before it was asked for answers the next question. */
function typedAhead(input: Terminal['input'], text: string): void {
  if (text !== '') input.unshift(Buffer.from(text))
}

const keys = {
  interrupt: '\u0003',
  end: '\u0004',
  eraseLine: '\u0015',
  erase: ['\u007f', '\b'],
  enter: ['\r', '\n'],
}

/** Asks for what must not be seen, and gives it; nothing of it is shown, not even its length. */
export function askHidden(question: string, { input, output }: Terminal): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8')
    let typed: string[] = []
    const finish = (end: () => void) => {
      input.off('data', read).off('end', cancel).pause()
      input.setRawMode?.(false)
      output.write('\n')
      end()
    }
    const cancel = () => finish(() => reject(new Interrupted()))
    const read = (data: Buffer | string) => {
      const characters = Array.from(decoder.write(Buffer.from(data)))
      for (const [index, character] of characters.entries()) {
        if (character === keys.interrupt) return cancel()
        if (keys.enter.includes(character) || character === keys.end) {
          finish(() => resolve(typed.join('')))
          return typedAhead(input, characters.slice(index + 1).join(''))
        }
        if (character === keys.eraseLine) typed = []
        else if (keys.erase.includes(character)) typed.pop()
        else typed.push(character)
      }
    }
    output.write(question)
    input.setRawMode?.(true)
    input.on('data', read).once('end', cancel).resume()
  })
}
