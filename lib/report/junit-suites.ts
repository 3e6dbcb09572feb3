import type { EventOf, Mode, StampedEvent } from './events.ts'
import { caseOfFinding, caseOfTask, classOf, wrong, type Case, type Outcome } from './junit-cases.ts'
import { element, xmlDocument, type Element } from './xml.ts'

interface Suite {
  readonly name: string
  readonly started: string
  durationMs: number
  cases: Case[]
}

/** Gathers a run as a test report: a suite a stage, in it a case for every task on every host. */
export class JunitSuites {
  readonly #suites: Suite[] = []
  /** Why a host left, until a task says what it had come to. */
  readonly #lost = new Map<string, Case>()
  #mode: Mode = 'apply'
  #title: string | undefined
  #run = ''
  #ended: EventOf<'run-ended'> | undefined

  observe(event: StampedEvent): void {
    this.#run = event.run
    if (event.type === 'run-started') {
      this.#mode = event.mode
      this.#title = event.title
    } else if (event.type === 'stage-started') this.#begin(event.stage ?? '', event.time)
    else if (event.type === 'stage-ended') this.#suite(event).durationMs = event.durationMs
    else if (event.type === 'task' || event.type === 'gate') this.#task(event)
    else if (event.type === 'resource' && this.#mode === 'revert') this.#reverted(event)
    else if (event.type === 'finding') this.#suite(event).cases.push(caseOfFinding(event))
    else if (event.type === 'contact' && event.state === 'given-up') this.#leave(event)
    else if (event.type === 'error') this.#error(event)
    else if (event.type === 'run-ended') this.#end(event)
  }

  /** Ends the report, wherever the run has come to, and gives the document. */
  finish(now: string = new Date().toISOString()): string {
    // Whatever ended the process, a run that was cut short is not one that went well.
    if (this.#ended === undefined) this.#cutShort('The run did not come to its end.', now)
    const names = new Set<string>()
    const suites = this.#suites
      .filter(({ cases }) => cases.length > 0)
      .map((suite) => suiteElement(suite, this.#run, names))
    const all = this.#suites.flatMap(({ cases }) => cases)
    const attributes = { name: this.#title ?? 'Troupe', ...counts(all), time: seconds(this.#durationMs()) }
    return xmlDocument(element('testsuites', attributes, ...suites))
  }

  #begin(name: string, started: string): Suite {
    const suite: Suite = { name, started, durationMs: 0, cases: [] }
    this.#suites.push(suite)
    return suite
  }

  #suite({ time }: { readonly time: string }): Suite {
    return this.#suites.at(-1) ?? this.#begin('Before the first stage', time)
  }

  #task(event: (EventOf<'task'> | EventOf<'gate'>) & { readonly time: string }): void {
    const suite = this.#suite(event)
    const ended = caseOfTask(event)
    const { host = '', status } = event
    const lost = this.#lost.get(host)
    if (status === 'unreachable' && lost !== undefined) drop(this.#suites, lost)
    // The failure that the role passed over is no longer one.
    const failed = suite.cases.findLast((known) => isSame(known, ended) && known.outcome.is === 'failure')
    if (status === 'rescued' && failed !== undefined) drop(this.#suites, failed)
    suite.cases.push(status === 'rescued' ? { ...ended, durationMs: failed?.durationMs ?? 0 } : ended)
  }

  /** A revert tells of resources only: what came of a task follows from them. */
  #reverted(event: EventOf<'resource'> & { readonly time: string }): void {
    const { task = '', status, id, why, durationMs } = event
    const suite = this.#suite(event)
    const said = [status, id, why].filter(Boolean).join(' ')
    const outcome: Outcome = status === 'failed' ? wrong('failure', [said]) : { is: 'passed', out: said }
    const now: Case = { classname: classOf(event), name: task, durationMs, outcome }
    const known = suite.cases.find((each) => isSame(each, now))
    if (known === undefined) suite.cases.push(now)
    else suite.cases[suite.cases.indexOf(known)] = together(known, now)
  }

  #leave(event: EventOf<'contact'> & { readonly time: string }): void {
    const { host = '', message } = event
    const lost: Case = {
      classname: `${host}.contact`,
      name: 'Reach the host',
      durationMs: 0,
      outcome: wrong('error', [message]),
    }
    this.#suite(event).cases.push(lost)
    this.#lost.set(host, lost)
  }

  #error(event: EventOf<'error'> & { readonly time: string }): void {
    const { stage, message, advice } = event
    const outcome = wrong(stage === undefined ? 'error' : 'failure', [message, advice && `→ ${advice}`])
    const name = stage === undefined ? 'The run' : 'The guards hold'
    this.#suite(event).cases.push({ classname: classOf(event), name, durationMs: 0, outcome })
  }

  #end(event: EventOf<'run-ended'> & { readonly time: string }): void {
    if (event.exitCode === 130) this.#cutShort('The run was interrupted.', event.time)
    this.#ended = event
  }

  #cutShort(message: string, time: string): void {
    const outcome = wrong('error', [message])
    this.#suite({ time }).cases.push({ classname: classOf({}), name: 'The run', durationMs: 0, outcome })
  }

  #durationMs(): number {
    return this.#ended?.durationMs ?? this.#suites.reduce((sum, { durationMs }) => sum + durationMs, 0)
  }
}

function isSame(a: Case, b: Case): boolean {
  return a.classname === b.classname && a.name === b.name
}

function drop(suites: readonly Suite[], gone: Case): void {
  for (const suite of suites) suite.cases = suite.cases.filter((each) => each !== gone)
}

function together(a: Case, b: Case): Case {
  const text = ({ outcome }: Case) =>
    outcome.is === 'passed' ? outcome.out : outcome.is === 'skipped' ? outcome.message : outcome.text
  const said = [text(a), text(b)]
  const failed = [a, b].some(({ outcome }) => outcome.is === 'failure')
  const outcome: Outcome = failed
    ? wrong('failure', said)
    : { is: 'passed', out: said.filter(Boolean).join('\n') }
  return { ...a, durationMs: a.durationMs + b.durationMs, outcome }
}

/** @param names those that are taken: GitLab shows of several cases with one name only the first. */
function suiteElement({ name, started, durationMs, cases }: Suite, run: string, names: Set<string>): Element {
  const attributes = { name, ...counts(cases), time: seconds(durationMs), timestamp: started.slice(0, 19) }
  const properties = element('properties', {}, element('property', { name: 'run', value: run }))
  return element(
    'testsuite',
    attributes,
    properties,
    ...cases.map((each) => caseElement({ ...each, name: unique(each, name, names) })),
  )
}

function unique({ classname, name }: Case, suite: string, names: Set<string>): string {
  let candidate = name
  for (let n = 1; names.has(`${classname} ${candidate}`); n++) {
    candidate = n === 1 ? `${name} (${suite})` : `${name} (${suite}, ${n})`
  }
  names.add(`${classname} ${candidate}`)
  return candidate
}

function caseElement({ classname, name, durationMs, file, outcome }: Case): Element {
  const attributes = { classname, name, file, time: seconds(durationMs) }
  if (outcome.is === 'passed') {
    const out = outcome.out === undefined ? [] : [element('system-out', {}, outcome.out)]
    return element('testcase', attributes, ...out)
  }
  const { is, message } = outcome
  // GitLab shows the text alone, Jenkins the attribute first.
  const text = outcome.is === 'skipped' ? message : outcome.text
  return element('testcase', attributes, element(is, { message }, ...(text === '' ? [] : [text])))
}

function counts(cases: readonly Case[]) {
  const of = (is: Outcome['is']) => cases.filter(({ outcome }) => outcome.is === is).length
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
