import type { StdioOptions } from 'node:child_process'
import { $ } from 'zx'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of this machine to its end, whatever its exit code. */
export async function attempt(program: string, args: readonly string[], input?: string): Promise<Outcome> {
  const stdio: StdioOptions = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']
  const run = $({
    nothrow: true,
    quiet: true,
    detached: false,
    stdio,
    ...(input === undefined ? {} : { input }),
  })
  const { exitCode, stdout, stderr } = await run`${program} ${[...args]}`
  return { code: exitCode ?? 255, stdout, stderr }
}

/** Runs a program of this machine and returns what it prints; any exit code but 0 is an error. */
export async function command(program: string, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await attempt(program, args, input)
  if (code === 0) return stdout
  const said = (stderr || stdout).trim().split('\n').slice(-12).join('\n')
  throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said}`)
}
