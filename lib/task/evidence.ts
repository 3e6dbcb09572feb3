import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandFailed } from '../host/host.ts'
import type { Difference, Evidence, FailedCommand, SourceLine } from '../report/events.ts'
import { redact } from '../secrets/redact.ts'
import { ContactLost, Unreachable } from '../transport/errors.ts'
import { differences } from './differences.ts'
import type { Spot } from './engine.ts'
import type { Change } from './kind.ts'
import { Interrupted } from './outcome.ts'
import type { Item } from './reading.ts'
import type { State } from './state.ts'

interface Attempt {
  readonly resource: string
  readonly differences: readonly Difference[]
}

/** What was being changed when an error came; kept beside it, since errors come from everywhere. */
const attempts = new WeakMap<Error, Attempt>()

/** Makes a change; should it fail, what it was about is evidence. */
export async function witnessed<T>(
  spot: Spot,
  item: Item,
  change: Change<State>,
  make: () => Promise<T>,
): Promise<T> {
  try {
    return await make()
  } catch (error) {
    if (error instanceof Error && !endsContact(error)) {
      // The failure is what matters: that no more can be learnt of it must not take its place.
      const found = await differences(spot, item, change, 'masked').catch(() => [])
      attempts.set(error, { resource: item.resource.id, differences: found })
    }
    throw error
  }
}

/** What is known of a failure; `calledFrom` was made where its task was called, or is the failure of a role itself. */
export function evidenceOf(error: Error, calledFrom: Error): Evidence | undefined {
  const chain = causes(error)
  const source = sourceOf(calledFrom)
  const failed = chain.find((each) => each instanceof CommandFailed)
  const attempt = chain.flatMap((each) => attempts.get(each) ?? [])[0]
  const evidence: Evidence = {
    ...(source === undefined ? {} : { source }),
    ...(failed === undefined ? {} : { command: commandOf(failed) }),
    ...attempt,
  }
  return Object.keys(evidence).length === 0 ? undefined : evidence
}

function endsContact(error: Error): boolean {
  return error instanceof Unreachable || error instanceof ContactLost || error instanceof Interrupted
}

function causes(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : []
}

const longestTail = 16 * 1024
const mostLines = 200

function commandOf({ command, answer }: CommandFailed): FailedCommand {
  const { code, stdout, stderr } = answer
  return { line: command, exitCode: code, stdout: tail(stdout), stderr: tail(stderr) }
}

/** The end of what was printed; redacted first, for a secret that is cut in two is found no more. */
function tail(text: string): string {
  return redact(text).slice(-longestTail).trimEnd().split('\n').slice(-mostLines).join('\n')
}

const ourselves = `${dirname(import.meta.dirname)}/`

/** The innermost line that is not of this library: the playbook's or the role's own. */
function sourceOf({ stack = '' }: Error): SourceLine | undefined {
  for (const frame of stack.split('\n')) {
    const [, place = '', line] = /\(?((?:file:\/\/)?\/[^()]+):(\d+):\d+\)?$/.exec(frame) ?? []
    const file = place.startsWith('file:') ? fileURLToPath(place) : place
    if (file === '' || file.startsWith(ourselves) || file.includes('/node_modules/')) continue
    return { file: relative(process.cwd(), file), line: Number(line) }
  }
  return undefined
}
