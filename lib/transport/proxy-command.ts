import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { Unreachable } from './errors.ts'
import { limits } from './limits.ts'
import { Tail } from './tail.ts'
import { Tunnel } from './tunnel.ts'

const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach((child) => signal(child, 'SIGKILL')))

/** Starts a ProxyCommand; its standard input and output are the connection, and it ends with it. */
export async function openProxyCommand(title: string, command: string): Promise<Duplex> {
  // A group of its own, so that Ctrl-C at the terminal is for the controller alone to answer.
  const child = spawn(process.env['SHELL'] || '/bin/sh', ['-c', `exec ${command}`], {
    stdio: 'pipe',
    detached: true,
  })
  running.add(child)
  const said = new Tail(limits.noiseBytes)
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk)).on('error', () => undefined)
  const tunnel = new Tunnel({ readable: child.stdout, writable: child.stdin, close: () => end(child) })
  child.once('close', (code, how) => {
    running.delete(child)
    tunnel.destroy(ended(title, command, code ?? how ?? 'an error', said.bytes().toString('utf8')))
  })
  // It has no more to say: its last words, and how it ends, come in a moment, or it is ended.
  child.stdout.once('end', () => setTimeout(() => tunnel.destroy(), limits.lastBytesMs).unref())
  child.once('error', (error) => tunnel.destroy(ended(title, command, 127, error.message)))
  return tunnel
}

function end(child: ChildProcess): void {
  signal(child, 'SIGTERM')
  setTimeout(() => running.has(child) && signal(child, 'SIGKILL'), limits.killMs).unref()
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name)
  } catch {
    // It has ended by itself.
  }
}

function ended(title: string, command: string, how: number | string, said: string): Unreachable {
  const words = said.trim() === '' ? '' : `, and said: ${said.trim()}`
  const exit = typeof how === 'number' ? `with exit code ${how}` : `by ${how}`
  // A shell has found no such program, or one that it may not start: nothing that passes by itself.
  const never = how === 126 || how === 127
  return new Unreachable(
    never ? 'settings' : 'network',
    `${title}: its ProxyCommand "${command}" ended ${exit}${words}.`,
    never
      ? 'Install the program on this machine, or correct the command.'
      : 'Run the command by hand and look why.',
  )
}
