import { differenceLines } from './differences.ts'
import { duration } from './duration.ts'
import type { EventOf, Evidence, Stamp } from './events.ts'
import { paintFor, type Look } from './look.ts'
import { harmless, pad } from './text.ts'

type Failed = EventOf<'task'> & Stamp

const plain: Look = { paint: paintFor({}, {}), width: Infinity, verbosity: 0, diff: true }

/** All that is known of a failed task, for a file of its own. */
export function evidenceText(event: Failed, evidence: Evidence): string {
  const { message, advice } = event
  const sections = [
    facts(event, evidence),
    ...(message === undefined ? [] : [harmless(message).split('\n')]),
    ...(advice === undefined ? [] : [[`→ ${harmless(advice)}`]]),
    ...commandSections(evidence),
    ...changeSection(evidence),
    ...(evidence.seen ?? []).map(({ what, text }) => [`${what}:`, ...indented(text)]),
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function facts(event: Failed, { source }: Evidence): readonly string[] {
  const known: readonly (readonly [string, string | undefined])[] = [
    ['Run', `${event.run} of ${event.playbook}`],
    ['Host', event.host],
    ['Stage', event.stage],
    ['Role', event.role],
    ['Task', event.task],
    ['Failed', `${event.time}, after ${duration(event.durationMs)}`],
    ['Called at', source && `${source.file}:${source.line}`],
  ]
  return known.flatMap(([name, value]) => (value === undefined ? [] : [`${pad(name, 10)} ${value}`]))
}

function commandSections({ command }: Evidence): readonly (readonly string[])[] {
  if (command === undefined) return []
  const printed = ([name, text]: readonly [string, string]) =>
    text === '' ? [] : [[`${name}:`, ...indented(text)]]
  return [
    [`Command, which ended with exit code ${command.exitCode}:`, ...indented(command.line)],
    ...printed(['The end of its stdout', command.stdout]),
    ...printed(['The end of its stderr', command.stderr]),
  ]
}

function changeSection({ resource, differences = [] }: Evidence): readonly (readonly string[])[] {
  if (resource === undefined) return []
  const lines = differenceLines(differences, plain).map((line) => `  ${line}`)
  return [[`What was being changed: ${resource}`, ...lines]]
}

function indented(text: string): readonly string[] {
  return harmless(text)
    .split('\n')
    .map((line) => `  ${line}`)
}
