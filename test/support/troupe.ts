import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { StampedEvent } from '../../lib/report/events.ts'

const root = join(import.meta.dirname, '../..')

export interface TroupeRun {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** What `--json` printed. */
  readonly events: readonly StampedEvent[]
}

export interface TroupeOptions {
  /** Where runs are kept; each test has a folder of its own. */
  readonly state: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** What stands after `--`. */
  readonly command?: readonly string[]
  /** Hears each event as it comes, with the process that sent it: to kill it there, for example. */
  readonly onEvent?: (event: StampedEvent, child: ChildProcess) => void
}

/** Starts a playbook as a user does, in a process of its own, with `--json`; returns when it has ended. */
export function troupe(
  playbook: string,
  args: readonly string[],
  options: TroupeOptions,
): Promise<TroupeRun> {
  return new Promise((resolve, reject) => {
    const command = options.command === undefined ? [] : ['--', ...options.command]
    const child = spawn(process.execPath, ['--import', 'tsx', playbook, ...args, '--json', ...command], {
      cwd: root,
      env: { ...process.env, TROUPE_STATE: options.state, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.end(options.input ?? '')
    let stdout = ''
    let stderr = ''
    let rest = ''
    const events: StampedEvent[] = []
    child.stdout.on('data', (data: Buffer) => {
      stdout += data
      rest += data
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (!line.startsWith('{')) continue
        const event = JSON.parse(line) as StampedEvent
        events.push(event)
        options.onEvent?.(event, child)
      }
    })
    child.stderr.on('data', (data: Buffer) => (stderr += data))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr, events }))
  })
}
