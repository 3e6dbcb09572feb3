import { UserError } from '../../errors.ts'
import { limitPatterns } from '../../inventory/limit.ts'
import { selectHosts } from '../../inventory/select.ts'
import { playbook } from '../../play/playbook.ts'
import { hostsConsole } from '../../report/console-hosts.ts'
import { paintFor } from '../../report/look.ts'
import { openReporter, type Reporter } from '../../report/reporter.ts'
import { openRecords } from '../../report/sinks.ts'
import { askedGround } from '../asked-ground.ts'
import { parseCommandLine } from '../command-line.ts'
import { exitCode, type ExitCode } from '../exit-code.ts'
import type { Options } from '../flags.ts'
import type { Grammar } from '../grammar.ts'
import type { Ground } from '../ground.ts'
import { helpText } from '../help.ts'
import { loadSettings, withSettings } from '../settings/settings.ts'
import { defaultForks } from '../started-run.ts'
import { version } from '../version.ts'
import { hostScriptFlags, type HostScript, type Visited } from './script.ts'
import { visitHosts, type Visiting } from './visit.ts'

/** What a command line makes of a script that visits hosts, from its words to its exit code. */
export async function runHostScript<T>(
  script: HostScript<T>,
  file: string,
  argv: readonly string[],
): Promise<ExitCode> {
  const grammar = grammarOf(script, file)
  const line = parseCommandLine(argv, grammar)
  if (line.options.help || line.options.version) {
    process.stdout.write(line.options.help ? help(script, file, grammar) : `troupe ${version()}\n`)
    return 0
  }
  const settings = loadSettings()
  Object.assign(process.env, { ...settings.environment, ...process.env })
  const options = withSettings(line.options, settings)
  const ground = await askedGround(playbook(script.title, []), file, options, settings)
  const pattern = (line.words as { readonly PATTERN?: string }).PATTERN ?? 'all'
  const hosts = hostsNamed(pattern, ground)
  const reporter = openHostsReporter(script, file, options)
  const interrupt = new AbortController()
  const onInterrupt = () => interrupt.abort()
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt)
  try {
    for (const message of ground.warnings) reporter.emit({ type: 'warning', message })
    const { passthrough: command } = line
    return await visitAll({
      script,
      command,
      hosts,
      ground,
      options,
      forks: options.forks ?? defaultForks,
      emit: reporter.emit,
      interrupted: interrupt.signal,
    })
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt)
    reporter.close()
  }
}

/** Visits the hosts, and tells of it from its beginning to its exit code. */
async function visitAll<T>(visiting: Visiting<T> & { readonly options: Options }): Promise<ExitCode> {
  const { script, hosts, emit, options, interrupted } = visiting
  const started = performance.now()
  const mode = script.command === undefined ? 'check' : 'apply'
  emit({ type: 'run-started', mode, title: script.title, hosts })
  const visited = await visitHosts(visiting)
  const told = script.tell?.(visited)
  if (told !== undefined)
    emit({ type: 'report', name: told.name, data: options.json ? told.data : told.table })
  const counts = countsOf(visited)
  const code = exitCode({
    interrupted: interrupted.aborted,
    unreachable: counts.unreachable > 0,
    failed: counts.failed > 0,
    changed: false,
    detailed: false,
  })
  const durationMs = Math.round(performance.now() - started)
  emit({ type: 'run-ended', exitCode: code, durationMs, message: summary(counts, hosts.length) })
  return code
}

function grammarOf<T>({ pattern, command }: HostScript<T>, file: string): Grammar {
  const help = 'groups and hosts, as for --limit: all, server, node1,node2, server[0]'
  return {
    positionals: [{ name: 'PATTERN', help, optional: pattern === 'optional' }],
    ...(command === undefined ? {} : { passthrough: command }),
    takes: { name: file, flags: hostScriptFlags },
  }
}

function help<T>({ title }: HostScript<T>, file: string, grammar: Grammar): string {
  const command = `npx tsx ${file}`
  return helpText({ title, command, grammar, paint: paintFor(process.stdout), flags: hostScriptFlags })
}

function hostsNamed(pattern: string, { inventory, limit }: Ground): readonly string[] {
  const hosts = selectHosts(inventory, limitPatterns(pattern)).filter((host) => limit.has(host))
  if (hosts.length > 0) return hosts
  throw new UserError(
    `"${pattern}" names no host.`,
    'Give a group or a host of the inventory, and see --limit.',
  )
}

function openHostsReporter<T>({ title }: HostScript<T>, file: string, options: Options): Reporter {
  const { json, verbosity, logFile } = options
  const stream = json ? process.stderr : process.stdout
  const look = { verbosity, paint: paintFor(stream), width: Infinity, diff: false }
  const sinks = [hostsConsole(stream, look), ...openRecords({ json, logFile })]
  return openReporter({ run: title, playbook: file, sinks })
}

type Counts = Readonly<Record<'ok' | 'failed' | 'unreachable', number>>

function countsOf(visited: readonly Visited<unknown>[]): Counts {
  const of = (is: keyof Counts) => visited.filter(({ outcome }) => outcome.is === is).length
  return { ok: of('ok'), failed: of('failed'), unreachable: of('unreachable') }
}

function summary(counts: Counts, hosts: number): string {
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
  return `${hosts} host${hosts === 1 ? '' : 's'}: ${parts.join(', ')}.`
}
