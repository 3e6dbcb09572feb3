import { spawn } from 'node:child_process'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of this machine to its end, whatever its exit code. */
export function attempt(program: string, args: readonly string[], input?: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout?.on('data', (data: Buffer) => stdout.push(data))
    child.stderr?.on('data', (data: Buffer) => stderr.push(data))
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({
        code: code ?? 255,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** Runs a program of this machine and returns what it prints; any exit code but 0 is an error. */
export async function command(program: string, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await attempt(program, args, input)
  if (code === 0) return stdout
  const said = (stderr || stdout).trim().split('\n').slice(-12).join('\n')
  throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said}`)
}
