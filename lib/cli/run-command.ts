import type { Playbook } from '../play/playbook.ts'
import type { ExitCode } from './exit-code.ts'
import type { Options } from './flags.ts'

export type Parse = (argv: readonly string[]) => { readonly options: Options }

/** What a command line makes of a playbook, from its words to its exit code; only what it asks for is imported. */
export async function runCommand(
  playbook: Playbook,
  file: string,
  argv: readonly string[],
  parse: Parse,
): Promise<ExitCode> {
  const typed = parse(argv).options
  if (typed.help) {
    const [{ helpText }, { paintFor }] = await Promise.all([import('./help.ts'), import('../report/look.ts')])
    const { title } = playbook
    const paint = paintFor(process.stdout)
    process.stdout.write(helpText({ title, command: `npx tsx ${file}`, grammar: {}, paint }))
    return 0
  }
  if (typed.version) {
    const { version } = await import('./version.ts')
    process.stdout.write(`troupe ${version()}\n`)
    return 0
  }
  const { runTyped } = await import('./run-typed.ts')
  return runTyped({ playbook, file, argv, typed, parse })
}
