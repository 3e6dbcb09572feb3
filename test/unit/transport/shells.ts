import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSession, type SessionOptions } from '../../../lib/transport/kept-session.ts'
import { dialCommand } from '../../../lib/transport/process-connection.ts'
import type { Session } from '../../../lib/transport/session.ts'

/** A place whose `sh` is the given program, and which may have programs of its own. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'troupe-shell-'))

  constructor(shell = '/bin/sh') {
    symlinkSync(shell, join(this.folder, 'sh'))
  }

  /** Puts a script where programs are looked for first. */
  program(name: string, script: string): void {
    const path = join(this.folder, name)
    writeFileSync(path, `#!/bin/sh\n${script}`)
    chmodSync(path, 0o755)
  }

  session(options: Partial<SessionOptions> = {}): Session {
    const dial = dialCommand(['env', `PATH=${this.folder}:${process.env['PATH']}`, 'sh'])
    return openSession({ title: 'here', dial, ...options })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a promise rejects with. */
export async function thrown<T extends Error>(work: Promise<unknown>): Promise<T> {
  let result: unknown
  try {
    result = await work
  } catch (error) {
    return error as T
  }
  throw new Error(`it should have thrown, and gave ${JSON.stringify(result)}`)
}
