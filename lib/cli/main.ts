import { fileURLToPath, pathToFileURL } from 'node:url'
import { relative } from 'node:path'
import { realpathSync } from 'node:fs'
import type { Playbook } from '../play/playbook.ts'
import type { ExitCode } from './exit-code.ts'
import type { HostScript } from './hosts/script.ts'
import type { Verbs } from './verbs.ts'

/**
 * Runs the playbook that a module exports by default, the verb of it that is named, or what it does on hosts, if its file
 * is the one that was started; so a test can import it. It returns at once: the run begins when the module has been read to its end.
 */
export async function main(meta: ImportMeta): Promise<void> {
  if (!isStarted(meta)) return
  void run(meta.url)
}

async function run(url: string): Promise<void> {
  const file = relative(process.cwd(), fileURLToPath(url))
  const argv = process.argv.slice(2)
  try {
    const { default: started } = (await import(url)) as { readonly default: Playbook | Verbs | HostScript }
    process.exitCode = await runStarted(started, file, argv)
  } catch (error) {
    process.exitCode = (await import('./refusal.ts')).refuse(error, file, argv)
  }
  // Whatever still keeps the process alive, a connection to a host that is gone, has nothing left to say.
  process.stdout.write('', () => process.exit())
}

async function runStarted(
  started: Playbook | Verbs | HostScript,
  file: string,
  argv: readonly string[],
): Promise<ExitCode> {
  if ('verbs' in started) return (await import('./run-verb.ts')).runVerb(started, file, argv)
  if ('onHosts' in started) return (await import('./hosts/run.ts')).runHostScript(started, file, argv)
  const [{ runCommand }, { parseCommandLine }] = await Promise.all([
    import('./run-command.ts'),
    import('./command-line.ts'),
  ])
  return runCommand(started, file, argv, parseCommandLine)
}

function isStarted(meta: ImportMeta): boolean {
  const [, started] = process.argv
  return started !== undefined && meta.url === pathToFileURL(realpathSync(started)).href
}
