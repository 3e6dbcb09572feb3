import * as assert from 'uvu/assert'
import type { StampedEvent } from '../../lib/report/events.ts'
import { diffFingerprints, type Fingerprint } from '../lab/fingerprint.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { withoutLeftovers, withoutOurs } from '../playbooks/aftermath.ts'
import { expectCode, PlaybookOnLab } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'
import type { TroupeRun } from '../support/troupe.ts'
import { faults as all, patienceSeconds, type Fault, type Outcome } from './faults.ts'

const test = suite('e2e/fault-table')
/** `FAULTS='disk full' npm run e2e -- fault-table` tries only these. */
const wanted = process.env['FAULTS']?.split(',')
const faults = all.filter(({ title }) => wanted?.includes(title) ?? true)

/** When in a run a fault befalls: so long after an event that the phase is in its midst. */
interface Phase {
  readonly title: string
  readonly slow: 'nothing' | 'read' | 'apply' | 'verify' | 'gate'
  readonly event: (event: StampedEvent) => boolean
  readonly afterMs: number
  /** It befalls the revert of a run that went well. */
  readonly revert?: true
}

const begins = (task: string) => (event: StampedEvent) => event.type === 'task-started' && event.task === task
const phases: readonly Phase[] = [
  { title: 'connect', slow: 'nothing', event: ({ type }) => type === 'run-started', afterMs: 0 },
  { title: 'read', slow: 'read', event: begins('Write slowly'), afterMs: 1000 },
  { title: 'apply', slow: 'apply', event: begins('Write slowly'), afterMs: 1500 },
  { title: 'verify', slow: 'verify', event: begins('Write slowly'), afterMs: 1500 },
  { title: 'gate', slow: 'gate', event: begins('Wait for the sign'), afterMs: 1000 },
  {
    title: 'revert',
    slow: 'apply',
    event: ({ type }) => type === 'stage-started',
    afterMs: 1500,
    revert: true,
  },
]

/** No run takes longer, whatever befalls it. */
const hungMs = 150_000
const cells = new Map<string, string>()
const cell = (fault: Fault, phase: Phase) => `${fault.title} / ${phase.title}`

function outcomeOf({ code, signal }: TroupeRun): Outcome {
  if (signal !== null) return 'killed'
  const outcomes: Readonly<Record<number, Outcome>> = {
    0: 'completed',
    1: 'refused',
    2: 'failed',
    4: 'unreachable',
    130: 'interrupted',
  }
  const outcome = outcomes[code ?? -1]
  if (outcome === undefined) throw new Error(`The run ended with ${code}.`)
  return outcome
}

/** One host, on which the faults of one phase befall one after the other. */
class Lane {
  readonly #phase: Phase
  readonly #host: LabHost
  readonly #playbook: PlaybookOnLab
  #seenFirst: Fingerprint = []

  constructor(lab: Lab, phase: Phase, host: LabHost) {
    this.#phase = phase
    this.#host = host
    this.#playbook = new PlaybookOnLab(lab, 'phases')
  }

  async tryAll(): Promise<void> {
    this.#seenFirst = await this.#fingerprint()
    for (const fault of faults) {
      const started = performance.now()
      const became = await this.#try(fault).catch((error: unknown) => {
        return `WRONG: ${error instanceof Error ? error.message : String(error)}`
      })
      cells.set(cell(fault, this.#phase), became)
      const seconds = Math.round((performance.now() - started) / 1000)
      console.log(`  ${cell(fault, this.#phase)}: ${became} (${seconds} s)`)
    }
  }

  /** One cell: what came of the run that it befell; then the next one completes, and all can be undone. */
  async #try(fault: Fault): Promise<string> {
    const { revert, slow } = this.#phase
    const args = this.#args(slow)
    const first = revert === true ? await this.#ends(this.#playbook.run(args)) : undefined
    const hit = first === undefined ? args : [...args, '--revert', first.events[0]?.run ?? '']
    await fault.prepare?.(this.#host)
    let befalling: Promise<void> | undefined
    const run = await this.#ends(
      this.#playbook.run(hit, (event, child) => {
        if (befalling !== undefined || !this.#phase.event(event)) return
        befalling = new Promise((resolve) => setTimeout(resolve, this.#phase.afterMs)).then(() =>
          fault.befall(this.#host, child),
        )
      }),
    )
    if (befalling === undefined) throw new Error(`The run ended before the fault befell it.\n${run.stderr}`)
    await befalling
    await fault.heal?.(this.#host)
    const outcome = outcomeOf(run)
    await this.#comesRight(run, hit, outcome)
    if (!fault.mayBecome.includes(outcome))
      throw new Error(`it became ${outcome}:\n${run.stderr.slice(-2000)}`)
    return outcome === 'completed' ? outcome : `${outcome}, then completed`
  }

  async #comesRight(run: TroupeRun, hit: readonly string[], outcome: Outcome): Promise<void> {
    const { revert } = this.#phase
    const args = this.#args('nothing')
    if (revert === true) {
      if (outcome !== 'completed') expectCode(await this.#ends(this.#playbook.run(hit)), 0, 'The next revert')
    } else {
      const taken = outcome === 'killed' || outcome === 'interrupted'
      const next = await this.#ends(this.#playbook.run([...args, ...(taken ? ['--resume'] : [])]))
      expectCode(next, 0, 'The next run')
      assert.is(await this.#host.must('cat /etc/phases.*'), 'first\nsecond\nthird\n')
      const again = await this.#ends(this.#playbook.run([...args, '--detailed-exitcode']))
      expectCode(again, 0, 'A run that has nothing to do')
      for (const id of new Set([next.events[0]?.run, run.events[0]?.run])) {
        expectCode(await this.#ends(this.#playbook.run([...args, '--revert', id ?? ''])), 0, 'The revert')
      }
    }
    assert.equal(diffFingerprints(this.#seenFirst, await this.#fingerprint()), [])
  }

  #args(slow: Phase['slow']): readonly string[] {
    const vars = { phases: { slow }, connection: { patience: `${patienceSeconds}s` } }
    return ['--limit', this.#host.name, '-e', JSON.stringify(vars)]
  }

  async #fingerprint(): Promise<Fingerprint> {
    return withoutLeftovers(withoutOurs(await this.#host.fingerprint()))
  }

  async #ends(run: Promise<TroupeRun>): Promise<TroupeRun> {
    let timer: NodeJS.Timeout | undefined
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('it hung')), hungMs)
    })
    return Promise.race([run, hung]).finally(() => clearTimeout(timer))
  }
}

test(
  'whatever befalls, in whatever phase: nothing is lost, nothing hangs, and the next run completes',
  async () => {
    const lab = await createLab({ hosts: phases.length, diskMb: 96 })
    try {
      await Promise.all(
        phases.map((phase, index) => {
          const host = lab.hosts[index]
          assert.ok(host)
          return new Lane(lab, phase, host).tryAll()
        }),
      )
    } finally {
      await lab.destroy()
      console.log(table())
    }
    assert.equal(
      [...cells].filter(([, became]) => became.startsWith('WRONG')),
      [],
    )
    assert.is(cells.size, faults.length * phases.length)
  },
  { timeoutMs: 60 * 60_000 },
)

function table(): string {
  const rows = faults.map((fault) => [
    fault.title,
    ...phases.map((phase) => (cells.get(cell(fault, phase)) ?? '-').split('\n')[0] ?? ''),
  ])
  const lines = [['fault', ...phases.map(({ title }) => title)], ...rows]
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
