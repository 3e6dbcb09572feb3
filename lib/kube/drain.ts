import { CommandFailed, type Host } from '../host/host.ts'
import { TaskFailed } from '../task/outcome.ts'

export interface DrainArgs {
  readonly name: string
  readonly kubectl: string
  readonly deadlineMs: number
  /** What is to be done when a disruption budget, or a pod without a controller, holds it up. */
  readonly blocked: 'stop' | 'force'
}

/** For kubectl itself, beyond the time that it gives to pods. */
const graceMs = 30_000

/** Asks the pods of a node to leave it, and waits until they have; those of daemon sets stay. */
export async function drain(host: Host, ref: DrainArgs): Promise<void> {
  host.say(`drains ${ref.name}`)
  try {
    await evict(host, ref, [])
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (ref.blocked === 'stop') throw isHeldUp(ref, error)
    host.say(`deletes what does not leave ${ref.name} of its own accord`)
    await evict(host, ref, ['--disable-eviction', '--force'])
  }
}

async function evict(
  host: Host,
  { name, kubectl, deadlineMs }: DrainArgs,
  more: readonly string[],
): Promise<void> {
  const flags = [
    '--ignore-daemonsets',
    '--delete-emptydir-data',
    `--timeout=${Math.ceil(deadlineMs / 1000)}s`,
  ]
  await host.exec(
    { text: [kubectl, 'drain', name, ...flags, ...more].join(' ') },
    { job: `drain ${name}${more.length > 0 ? ' by force' : ''}`, timeoutMs: deadlineMs + graceMs },
  )
}

function isHeldUp({ name, deadlineMs }: DrainArgs, cause: CommandFailed): TaskFailed {
  const said = cause.answer.stderr.trim().split('\n').slice(-5).join('\n')
  return new TaskFailed(`${name} could not be emptied within ${deadlineMs / 1000} s:\n${said}`, {
    cause,
    advice:
      'Make room for its pods elsewhere, or allow the deletion of what a disruption budget or no controller holds: k3s.drain.blocked=force.',
  })
}
