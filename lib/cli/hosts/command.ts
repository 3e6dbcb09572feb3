import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { quote } from '../../host/command.ts'
import type { Outcome, Visit } from './script.ts'

/** Runs the command there, and tells what it prints as it comes; a code other than 0 is a failure. */
export async function runThere(visit: Visit): Promise<Outcome<undefined>> {
  const { host, session, as, command, emit, interrupted } = visit
  const decoder = new StringDecoder('utf8')
  const tell = (text: string) => {
    if (text !== '') emit({ type: 'output', host, text })
  }
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      tell(decoder.write(chunk))
      done()
    },
    final(done) {
      tell(decoder.end())
      done()
    },
  })
  const { code } = await session.stream(`exec sh -c ${quote(textOf(command))} 2>&1`, {
    output,
    signal: interrupted,
    ...(as === undefined ? {} : { as }),
  })
  if (code === 0) return { is: 'ok', value: undefined }
  return { is: 'failed', message: interrupted.aborted ? 'killed there' : `exit code ${code}` }
}

/** One word is for the shell of the host; several are a program and its words, which no shell changes. */
function textOf(command: readonly string[]): string {
  const [only = ''] = command
  return command.length === 1 ? only : command.map(quote).join(' ')
}
