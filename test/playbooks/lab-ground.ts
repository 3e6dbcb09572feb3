import { diffFingerprints } from '../lab/fingerprint.ts'
import type { LabHost } from '../lab/host.ts'
import { saidBy, saidByRevert } from '../support/said.ts'
import type { Fingerprint, LawGround, Said, SaidByRevert } from '../support/laws.ts'
import type { TroupeRun } from '../support/troupe.ts'
import { withoutLeftovers, withoutOurs } from './aftermath.ts'
import type { PlaybookOnLab } from './on-lab.ts'

/** A playbook on real hosts, each time in a process of its own, for the laws. */
export class LabGround implements LawGround {
  readonly #playbook: PlaybookOnLab
  readonly #hosts: readonly LabHost[]
  readonly #args: readonly string[]
  readonly #noise: (line: string) => boolean
  readonly #seenFirst = new Map<string, readonly string[]>()
  /** What a revert goes back behind: runs after it only repair what it has made. */
  #first: TroupeRun | undefined

  constructor(
    playbook: PlaybookOnLab,
    hosts: readonly LabHost[],
    args: readonly string[] = [],
    noise: (line: string) => boolean = () => false,
  ) {
    this.#playbook = playbook
    this.#hosts = hosts
    this.#args = ['--limit', hosts.map(({ name }) => name).join(','), ...args]
    this.#noise = noise
  }

  async check(): Promise<Said> {
    return this.#said(await this.#playbook.check(this.#args))
  }

  async run(): Promise<Said> {
    const run = await this.#playbook.run(this.#args)
    const said = this.#said(run)
    if (said.changed.length > 0 || said.failed.length > 0) this.#first ??= run
    return said
  }

  async revert(): Promise<SaidByRevert> {
    if (this.#first === undefined) throw new TypeError('No run has changed anything.')
    const { events, code, stderr } = await this.#playbook.revert(this.#first, this.#args.slice(0, 2))
    this.#first = undefined
    return saidByRevert(events, code === 0 ? '' : stderr)
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

  #said({ events, code, stderr }: TroupeRun): Said {
    return saidBy(events, code === 0 ? '' : stderr)
  }
}
