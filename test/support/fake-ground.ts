import type { Role } from '../../lib/play/role.ts'
import type { Stage } from '../../lib/play/playbook.ts'
import type { FakeHost } from './fake-host.ts'
import type { FakeCluster, FakeRun, FakeRunOptions } from './fake-run.ts'
import type { Fingerprint, LawGround, Said, SaidByRevert } from './laws.ts'

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
    return saidBy(await this.cluster.check(this.#what, this.#options))
  }

  async run(): Promise<Said> {
    this.#last = await this.cluster.run(this.#what, this.#options)
    return saidBy(this.#last)
  }

  async revert(): Promise<SaidByRevert> {
    if (this.#last === undefined) throw new TypeError('There is no run to revert.')
    const { events } = await this.cluster.revert(this.#last.directory, this.#what, this.#options)
    const resources = events.filter((event) => event.type === 'resource')
    const kept = resources.filter(({ status }) => status === 'kept').map(({ id, why = '' }) => [id, why])
    return {
      failed: resources.filter(({ status }) => status === 'failed').map(({ id, why }) => `${id}: ${why}`),
      kept: Object.fromEntries(kept) as Record<string, string>,
    }
  }

  fingerprint(): Fingerprint {
    const areas = this.cluster.hosts.flatMap((host) => {
      return Object.entries(host.snapshot()).map(([area, things]) => [`${host.name} ${area}`, things])
    })
    return Object.fromEntries(areas) as Fingerprint
  }
}

/** What the events of a run say; with several hosts, a thing counts once. */
export function saidBy({ events, end }: FakeRun): Said {
  const resources = events.filter((event) => event.type === 'resource')
  const tasks = events.filter((event) => event.type === 'task')
  const ids = (status: string) => [
    ...new Set(resources.filter((event) => event.status === status).map(({ id }) => id)),
  ]
  const failed = tasks.filter(({ status }) => status === 'failed' || status === 'unreachable')
  const rescued = tasks.some(({ status }) => status === 'rescued')
  const silent = end.failed && failed.length === 0 ? ['The run failed without a word.'] : []
  return {
    changed: ids('changed'),
    unknown: ids('unknown'),
    failed: rescued ? [] : [...failed.map(({ task, message }) => `${task}: ${message}`), ...silent],
    rescued,
    planEnded: tasks.some(({ task }) => task === 'The rest of the plan'),
  }
}
