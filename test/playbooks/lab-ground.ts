import type { Event } from '../../lib/report/events.ts'
import { diffFingerprints } from '../lab/fingerprint.ts'
import type { LabHost } from '../lab/host.ts'
import { saidBy, saidByRevert } from '../support/said.ts'
import type { Fingerprint, LawGround, Said, SaidByRevert } from '../support/laws.ts'
import type { TroupeRun } from '../support/troupe.ts'
import { withoutLeftovers, withoutOurs } from './aftermath.ts'
import type { PlaybookOnLab } from './on-lab.ts'

/** Real hosts for the laws, whatever runs on them. */
export abstract class GroundOnLab<Run> implements LawGround {
  readonly #hosts: readonly LabHost[]
  readonly #noise: (line: string) => boolean
  readonly #seenFirst = new Map<string, readonly string[]>()
  /** What a revert goes back behind: runs after it only repair what it has made. */
  #first: Run | undefined

  constructor(hosts: readonly LabHost[], noise: (line: string) => boolean = () => false) {
    this.#hosts = hosts
    this.#noise = noise
  }

  protected abstract begin(mode: 'check' | 'run'): Promise<Run>
  protected abstract undo(run: Run): Promise<Run>
  /** What a run told, and what went wrong where no event tells of it. */
  protected abstract told(run: Run): { readonly events: readonly Event[]; readonly trouble: string }

  async check(): Promise<Said> {
    return this.#said(await this.begin('check'))
  }

  async run(): Promise<Said> {
    const run = await this.begin('run')
    const said = this.#said(run)
    if (said.changed.length > 0 || said.failed.length > 0) this.#first ??= run
    return said
  }

  async revert(): Promise<SaidByRevert> {
    if (this.#first === undefined) throw new TypeError('No run has changed anything.')
    const { events, trouble } = this.told(await this.undo(this.#first))
    this.#first = undefined
    return saidByRevert(events, trouble)
  }

  /** By which the hosts differ from how they were at the first look; the whole would be thousands of lines. */
  async fingerprint(): Promise<Fingerprint> {
    const areas = this.#hosts.map(async (host) => {
      const seen = withoutLeftovers(withoutOurs(await host.fingerprint())).filter(
        (line) => !this.#noise(line),
      )
      const first = this.#seenFirst.get(host.name) ?? seen
      this.#seenFirst.set(host.name, first)
      return [host.name, Object.fromEntries(diffFingerprints(first, seen).map((line) => [line, '']))]
    })
    return Object.fromEntries(await Promise.all(areas)) as Fingerprint
  }

  #said(run: Run): Said {
    const { events, trouble } = this.told(run)
    return saidBy(events, trouble)
  }
}

/** A playbook on real hosts, each time in a process of its own. */
export class LabGround extends GroundOnLab<TroupeRun> {
  readonly #playbook: PlaybookOnLab
  readonly #limit: readonly string[]
  readonly #args: readonly string[]

  constructor(
    playbook: PlaybookOnLab,
    hosts: readonly LabHost[],
    args: readonly string[] = [],
    noise?: (line: string) => boolean,
  ) {
    super(hosts, noise)
    this.#playbook = playbook
    this.#limit = ['--limit', hosts.map(({ name }) => name).join(',')]
    this.#args = args
  }

  protected begin(mode: 'check' | 'run'): Promise<TroupeRun> {
    return this.#playbook[mode]([...this.#limit, ...this.#args])
  }

  protected undo(run: TroupeRun): Promise<TroupeRun> {
    return this.#playbook.revert(run, this.#limit)
  }

  protected told({ events, code, stderr }: TroupeRun) {
    return { events, trouble: code === 0 ? '' : stderr }
  }
}
