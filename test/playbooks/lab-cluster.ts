import { thisHolder } from '../../lib/host/lock.ts'
import { openHost, type OpenHost } from '../../lib/host/open.ts'
import { putBack } from '../../lib/play/playbook.ts'
import type { Role } from '../../lib/play/role.ts'
import { openSession } from '../../lib/transport/kept-session.ts'
import { dialSsh } from '../../lib/transport/ssh.ts'
import type { LabHost } from '../lab/host.ts'
import type { Lab } from '../lab/lab.ts'
import { Cluster, type ClusterRun } from '../support/cluster.ts'
import { scratchFolder } from '../support/scratch.ts'
import { GroundOnLab } from './lab-ground.ts'

/** Hosts of a lab, worked on by this very process: for runs by the hundred. */
export class LabCluster extends Cluster {
  readonly hosts: readonly LabHost[]
  readonly #lab: Lab

  constructor(lab: Lab, hosts: readonly LabHost[]) {
    super('lab', scratchFolder())
    this.hosts = hosts
    this.#lab = lab
  }

  /** The same hosts for a controller that has none of the runs. */
  elsewhere(): LabCluster {
    return new LabCluster(this.#lab, this.hosts)
  }

  protected names(): readonly string[] {
    return this.hosts.map(({ name }) => name)
  }

  protected open(name: string, forChanges: string | undefined): Promise<OpenHost> {
    const host = this.hosts.find((each) => each.name === name)
    if (host === undefined) throw new TypeError(`There is no host ${name}.`)
    const { keyFile, knownHostsFile } = this.#lab
    const login = { host: host.address, port: host.port, user: 'root', keyFiles: [keyFile] }
    return openHost({
      name,
      session: openSession({ title: name, dial: dialSsh({ ...login, knownHostsFiles: [knownHostsFile] }) }),
      holder: forChanges === undefined ? undefined : thisHolder(forChanges),
    })
  }
}

/** A role on hosts of a lab, for the laws. */
export class ClusterOnLab extends GroundOnLab<ClusterRun> {
  readonly #cluster: LabCluster
  readonly #role: Role
  #hasRuns = true

  constructor(cluster: LabCluster, role: Role, noise?: (line: string) => boolean) {
    super(cluster.hosts, noise)
    this.#cluster = cluster
    this.#role = role
  }

  protected begin(mode: 'check' | 'run'): Promise<ClusterRun> {
    return this.#cluster[mode](this.#role)
  }

  /** From now on the way back is that of a controller that has none of the runs. */
  loseRuns(): void {
    this.#hasRuns = false
  }

  protected undo({ directory }: ClusterRun): Promise<ClusterRun> {
    if (this.#hasRuns) return this.#cluster.revert(directory, this.#role)
    return this.#cluster.elsewhere().run([putBack('Put back', { hosts: 'all', roles: [this.#role] })])
  }

  protected told({ events, end }: ClusterRun) {
    return { events, trouble: end.failed || end.unreachable ? 'The run failed without a word.' : '' }
  }
}
