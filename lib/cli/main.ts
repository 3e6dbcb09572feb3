import { fileURLToPath, pathToFileURL } from 'node:url'
import { relative } from 'node:path'
import { realpathSync } from 'node:fs'
import { UserError } from '../errors.ts'
import type { Playbook } from '../play/playbook.ts'
import { redact } from '../secrets/redact.ts'
import { parseCommandLine } from './command-line.ts'
import { runCommand } from './run-command.ts'

/**
 * Runs the playbook that a module exports by default, if its file is the one that was started; so a test can import it.
 * It returns at once: the run begins when the module has been read to its end.
 */
export async function main(meta: ImportMeta): Promise<void> {
  if (!isStarted(meta)) return
  void run(meta.url)
}

async function run(url: string): Promise<void> {
  try {
    const { default: playbook } = (await import(url)) as { readonly default: Playbook }
    const file = relative(process.cwd(), fileURLToPath(url))
    process.exitCode = await runCommand(playbook, file, process.argv.slice(2), parseCommandLine)
  } catch (error) {
    process.exitCode = 1
    process.stderr.write(`${redact(refusal(error))}\n`)
  }
  // Whatever still keeps the process alive, a connection to a host that is gone, has nothing left to say.
  process.stdout.write('', () => process.exit())
}

function refusal(error: unknown): string {
  if (error instanceof UserError) return `${error.message}\n${error.advice}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function isStarted(meta: ImportMeta): boolean {
  const [, started] = process.argv
  return started !== undefined && meta.url === pathToFileURL(realpathSync(started)).href
}
