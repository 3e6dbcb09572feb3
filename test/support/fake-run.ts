import type { OpenHost } from '../../lib/host/open.ts'
import { ourPaths } from '../../lib/host/paths.ts'
import { Unreachable } from '../../lib/transport/errors.ts'
import { Cluster, type ClusterRun, type ClusterRunOptions } from './cluster.ts'
import type { FakeHost } from './fake-host.ts'
import { scratchFolder } from './scratch.ts'

export type FakeRun = ClusterRun
export type FakeRunOptions = ClusterRunOptions

export type Prepare = (hosts: readonly FakeHost[]) => void

/** A cluster of which only the hosts are made up. */
export class FakeCluster extends Cluster {
  readonly hosts: readonly FakeHost[]
  /** Hosts that do not answer. */
  readonly off = new Set<string>()
  readonly #prepare: Prepare

  /** @param prepare gives the hosts what a process has to give them anew: the answers to commands */
  constructor(hosts: readonly FakeHost[], folder: string = scratchFolder(), prepare: Prepare = () => {}) {
    super('fake', folder)
    this.hosts = hosts
    this.#prepare = prepare
    prepare(hosts)
  }

  /** The same hosts and the same state for another process, which has nothing in memory. */
  again(): FakeCluster {
    return new FakeCluster(
      this.hosts.map((host) => host.clone()),
      this.folder,
      this.#prepare,
    )
  }

  host(name: string): FakeHost {
    const found = this.hosts.find((host) => host.name === name)
    if (found === undefined) throw new TypeError(`There is no fake host ${name}.`)
    return found
  }

  protected names(): readonly string[] {
    return this.hosts.map(({ name }) => name)
  }

  protected async open(name: string, forChanges: string | undefined): Promise<OpenHost> {
    const host = this.hosts.find((candidate) => candidate.name === name)
    if (host === undefined || this.off.has(name)) {
      throw new Unreachable('network', `${name} does not answer.`, 'Is it switched on?')
    }
    // The host knows each run that changed it, whoever made it.
    const markOf = (run: string) => `${ourPaths.runs}/${run}`
    host.traffic.begin = () => {
      if (forChanges !== undefined) host.files.write(markOf(forChanges), '', { mode: 0o600 })
    }
    return {
      reader: host,
      host: forChanges === undefined ? undefined : host,
      // What we keep there goes with the last of them.
      forget: async (run) => {
        if (run !== undefined) host.files.remove(markOf(run))
        if (run !== undefined && host.files.children(ourPaths.runs).length > 0) return
        host.files.remove(ourPaths.persistent)
        host.files.remove(ourPaths.passing)
      },
      kill: async () => {},
      close: async () => {},
    }
  }
}
