import { duration } from './duration.ts'
import type { EventBody, EventOf, Evidence, Mode, Stamp, StampedEvent } from './events.ts'
import { painted, symbolOf, wordFor, type Look } from './look.ts'
import { reportLines } from './report-lines.ts'
import { titleWidth } from './task-lines.ts'
import { pad, wrap } from './text.ts'

type Formatters = {
  readonly [T in EventBody['type']]: (event: EventOf<T> & Stamp, mode: Mode, look: Look) => readonly string[]
}

/**
 * The lines a console prints as soon as an event comes. What belongs to a task on several hosts is gathered first
 * and printed by `taskLines`, findings by `findingLines`; the recap and the timings come at the end.
 */
const formatters: Formatters = {
  'run-started': ({ title, hosts, run }, mode, { paint }) => [
    [
      paint.bold(title),
      ...modeWords(mode, paint.yellow),
      paint.dim(`${count(hosts, 'host')} · run ${run}`),
    ].join(paint.dim(' · ')),
  ],
  'stage-started': ({ stage, hosts, batches }, _, { paint }) => {
    const parts = batches > 1 ? `, in ${batches} batches` : ''
    return ['', `${paint.bold(stage ?? '')}  ${paint.dim(count(hosts, 'host') + parts)}`]
  },
  'batch-started': ({ batch, canary, hosts }, _, { paint }) => {
    return [paint.dim(`  ${canary === true ? 'Canary' : `Batch ${batch}`}: ${hosts.join(', ')}`)]
  },
  'task-started': () => [],
  resource: () => [],
  output: ({ host, text }, _, { paint, verbosity }) =>
    verbosity < 2 ? [] : text.split('\n').map((line) => paint.dim(`      ${host ?? ''} │ ${line}`)),
  task: (event, mode, look) => ended(event, mode, look),
  gate: (event, mode, look) => ended(event, mode, look),
  contact: ({ host = '', state, message }, _, look) => {
    const text = message.includes(host) ? message : `${host}: ${message}`
    if (state === 'made') return look.verbosity < 3 ? [] : [look.paint.dim(`    ${text}`)]
    const status = state === 'back' ? 'ok' : state === 'lost' ? 'rescued' : 'unreachable'
    const next = state === 'given-up' ? look.paint.dim(' The run goes on without it.') : ''
    return [`  ${symbolOf(status, look)} ${painted(status, text, look)}${next}`]
  },
  warning: ({ host, message }, _, look) => {
    const [first = '', ...rest] = wrap(at({ host }) + message, look.width - 4)
    const { paint } = look
    return [
      `  ${paint.yellow('!')} ${paint.yellow(first)}`,
      ...rest.map((line) => `    ${paint.yellow(line)}`),
    ]
  },
  error: ({ host, message, advice }, _, look) => {
    const [first = '', ...rest] = wrap(at({ host }) + message, look.width - 4)
    const { paint } = look
    return [
      `${paint.red('✘')} ${paint.red(first)}`,
      ...rest.map((line) => `  ${line}`),
      ...advised(advice, 2, look),
    ]
  },
  finding: () => [],
  'stage-ended': ({ stopped }, _, { paint }) =>
    stopped ? [`  ${paint.red('Stopped here: no further stage is begun.')}`] : [],
  recap: () => [],
  'run-ended': ({ exitCode, durationMs, message }, _, look) => {
    const good = exitCode === 0 || exitCode === 3
    const symbol = symbolOf(good ? 'ok' : 'failed', look)
    const words = `${endings[exitCode] ?? 'Failed'} ${look.paint.dim(`in ${duration(durationMs)}`)}`
    const code = exitCode === 0 ? '' : look.paint.dim(` · exit code ${exitCode}`)
    // Why it was refused has been told by then.
    const told = exitCode === 1 || message === undefined
    const more = told ? [] : wrap(message, look.width - 2).map((line) => `  ${line}`)
    return ['', `${symbol} ${words}${code}`, ...more]
  },
  report: ({ name, data }, _, look) => ['', look.paint.bold(name), ...reportLines(data, look)],
}

const endings: Readonly<Record<number, string>> = {
  0: 'Done',
  1: 'Refused before any host was touched',
  2: 'Failed',
  3: 'Done, with changes',
  4: 'A host was unreachable',
  130: 'Interrupted',
}

/** What an event says at once, whatever its type. */
export function format(event: StampedEvent, mode: Mode, look: Look): readonly string[] {
  const formatter = formatters[event.type] as (
    event: StampedEvent,
    mode: Mode,
    look: Look,
  ) => readonly string[]
  return formatter(event, mode, look)
}

/** A task or gate that went wrong is told at once, with its evidence; one that went well with the other hosts'. */
function ended(event: EventOf<'task'> | EventOf<'gate'>, mode: Mode, look: Look): readonly string[] {
  const { status, durationMs, message, host = '', task, role, stage } = event
  if (status !== 'failed' && status !== 'unreachable' && status !== 'rescued') return []
  const title = pad(task ?? role ?? stage ?? '', titleWidth(look))
  const time = look.paint.dim(`(${duration(durationMs)})`)
  const head = painted(status, `${host} ${wordFor(status, mode)}`, look)
  const line = `  ${symbolOf(status, look)} ${title}  ${head}`
  // What was found out is told at the end of the stage.
  if (status === 'failed' && message === undefined) return []
  // Why is told by the failure before, or by the lost contact.
  if (status === 'rescued') return [`${line} ${look.paint.dim('(the role went on)')}`]
  if (status === 'unreachable') return [`${line} ${time}`]
  const said = message === undefined ? [] : wrap(message, look.width - 6)
  return [
    `${line} ${time}`,
    ...said.map((line) => `      ${line}`),
    ...advised('advice' in event ? event.advice : undefined, 6, look),
    ...evidenceLines('evidence' in event ? event.evidence : undefined, look),
  ]
}

function evidenceLines(evidence: Evidence | undefined, { paint }: Look): readonly string[] {
  const { source, file } = evidence ?? {}
  return [
    ...(source === undefined ? [] : [paint.dim(`      called at ${source.file}:${source.line}`)]),
    ...(file === undefined ? [] : [paint.dim(`      evidence: ${file}`)]),
  ]
}

export function advised(advice: string | undefined, indent: number, look: Look): readonly string[] {
  if (advice === undefined) return []
  const space = ' '.repeat(indent)
  const [first = '', ...rest] = wrap(advice, look.width - indent - 2)
  return [`${space}${look.paint.cyan('→')} ${first}`, ...rest.map((line) => `${space}  ${line}`)]
}

function modeWords(mode: Mode, emphasise: (text: string) => string): readonly string[] {
  if (mode === 'apply') return []
  return [emphasise(mode === 'check' ? 'check: nothing is changed' : 'revert')]
}

function at({ host }: { readonly host: string | undefined }): string {
  return host === undefined ? '' : `${host}: `
}

function count(things: readonly unknown[], noun: string): string {
  return `${things.length} ${noun}${things.length === 1 ? '' : 's'}`
}
