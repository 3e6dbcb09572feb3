import { UserError } from '../errors.ts'
import { openReporter } from '../report/reporter.ts'
import { openRecords } from '../report/sinks.ts'
import { junitFile } from '../report/junit.ts'
import { redact } from '../secrets/redact.ts'
import type { Sink } from '../report/sink.ts'
import { Interrupted } from '../task/outcome.ts'
import type { ExitCode } from './exit-code.ts'
import { written } from './flag.ts'
import { flags, type FlagName } from './flags.ts'

/** Tells why nothing was run: people on stderr, and whatever machine reads what the command line names. */
export function refuse(error: unknown, playbook: string, argv: readonly string[]): ExitCode {
  const { message, advice } = errorWords(error)
  process.stderr.write(`${redact([message, advice].filter(Boolean).join('\n'))}\n`)
  // Who is asked for a password may think better of it.
  const exitCode = error instanceof Interrupted ? 130 : 1
  const reporter = openReporter({ run: 'refused', playbook, sinks: records(playbook, argv) })
  reporter.emit({ type: 'error', message, ...(advice === undefined ? {} : { advice }) })
  reporter.emit({ type: 'run-ended', exitCode, durationMs: Math.round(performance.now()), message })
  reporter.close()
  return exitCode
}

/** An error as it is told: what the user did wrong in a sentence, anything else with its place in the source. */
export function errorWords(error: unknown): { readonly message: string; readonly advice?: string } {
  if (error instanceof Interrupted) return { message: error.message }
  if (error instanceof UserError) return { message: error.message, advice: error.advice }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

/** The command line may be what is wrong, so only these flags are looked for. */
function records(playbook: string, argv: readonly string[]): readonly Sink[] {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const options = {
    json: words.includes(written(flags.json)),
    junit: junitFile(valueOf(words, 'junit'), playbook),
    logFile: valueOf(words, 'logFile'),
  }
  try {
    return openRecords(options)
  } catch {
    // One of these files may be the very thing that is refused.
    return openRecords({ json: options.json })
  }
}

function valueOf(words: readonly string[], name: FlagName): string | undefined {
  const long = written(flags[name])
  const at = words.lastIndexOf(long)
  const inOne = words.findLast((word) => word.startsWith(`${long}=`))
  const value = at < 0 ? inOne?.slice(long.length + 1) : words[at + 1]
  return value === undefined || value === '' || value.startsWith('-') ? undefined : value
}
