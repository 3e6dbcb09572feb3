import type { Role } from '../../lib/play/role.ts'
import type { Stage } from '../../lib/play/playbook.ts'
import type { FakeHost } from './fake-host.ts'
import type { FakeCluster, FakeRun, FakeRunOptions } from './fake-run.ts'
import type { Fingerprint, LawGround, Said, SaidByRevert } from './laws.ts'
import { saidBy, saidByRevert } from './said.ts'

/** A role, or stages, on fake hosts, for the laws. */
export class FakeGround implements LawGround {
  readonly cluster: FakeCluster
  readonly #what: Role | readonly Stage[]
  readonly #options: FakeRunOptions
  #last: FakeRun | undefined

  constructor(cluster: FakeCluster, what: Role | readonly Stage[], options: FakeRunOptions = {}) {
    this.cluster = cluster
    this.#what = what
    this.#options = options
  }

  get host(): FakeHost {
    const [first] = this.cluster.hosts
    if (first === undefined) throw new TypeError('There is no host.')
    return first
  }

  async check(): Promise<Said> {
    return said(await this.cluster.check(this.#what, this.#options))
  }

  async run(): Promise<Said> {
    this.#last = await this.cluster.run(this.#what, this.#options)
    return said(this.#last)
  }

  async revert(): Promise<SaidByRevert> {
    if (this.#last === undefined) throw new TypeError('There is no run to revert.')
    const { events } = await this.cluster.revert(this.#last.directory, this.#what, this.#options)
    return saidByRevert(events)
  }

  fingerprint(): Fingerprint {
    const areas = this.cluster.hosts.flatMap((host) => {
      return Object.entries(host.snapshot()).map(([area, things]) => [`${host.name} ${area}`, things])
    })
    return Object.fromEntries(areas) as Fingerprint
  }
}

function said({ events, end }: FakeRun): Said {
  return saidBy(events, end.failed ? 'The run failed without a word.' : '')
}
