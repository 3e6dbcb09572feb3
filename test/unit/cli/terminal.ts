import { PassThrough } from 'node:stream'
import type { Terminal } from '../../../lib/cli/terminal.ts'

/** A terminal whose user types what the test says; `shown` is what it displays. */
export interface TypedTerminal extends Terminal {
  type(text: string): void
  hangUp(): void
  readonly shown: () => string
  readonly raw: () => boolean
}

export function typedTerminal(isTTY = true): TypedTerminal {
  const stream = new PassThrough()
  let shown = ''
  let raw = false
  return {
    input: Object.assign(stream, { isTTY, setRawMode: (on: boolean) => (raw = on) }),
    output: { write: (text) => (shown += text) },
    type: (text) => void stream.write(text),
    hangUp: () => void stream.end(),
    shown: () => shown,
    raw: () => raw,
  }
}
