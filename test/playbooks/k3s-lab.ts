import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLab, type Lab, type LabOptions } from '../lab/lab.ts'
import type { LabHost } from '../lab/host.ts'
import type { TroupeRun } from '../support/troupe.ts'
import { PlaybookOnLab } from './on-lab.ts'

/** Which hosts are what, by their number in the lab. */
export interface Cast {
  readonly servers: number
  readonly agents?: number
}

/** Only that hosts know each other by name is done to them: the rest has tests of its own. */
const untuned = [
  'packages',
  'timeSync',
  'selinux',
  'swap',
  'firewall',
  'hostname',
  'timezone',
  'kernelModules',
  'kernelSettings',
  'nameServers',
  'logs',
  'limits',
]

/** A lab that can get releases of the stand-in for k3s: real hosts, and a program that speaks k3s's join protocol. */
export class K3sLab implements AsyncDisposable {
  readonly lab: Lab

  private constructor(lab: Lab) {
    this.lab = lab
  }

  static async create(options: LabOptions): Promise<K3sLab> {
    return new K3sLab(await createLab({ ...options, releases: 'stand-in' }))
  }

  host(number: number): LabHost {
    const host = this.lab.hosts[number - 1]
    if (host === undefined) throw new Error(`The lab has no host ${number}.`)
    return host
  }

  /** A playbook on an inventory of these hosts, the first `servers` of them servers. */
  playbook(name: string, inventory: string, state?: string): PlaybookOnLab {
    const folder = mkdtempSync(join(tmpdir(), 'troupe-k3s-'))
    const file = join(folder, 'inventory.ini')
    writeFileSync(file, inventory)
    mkdirSync(join(folder, 'state'), { recursive: true })
    return new PlaybookOnLab({ inventoryFile: file }, `playbooks/${name}.ts`, state ?? join(folder, 'state'))
  }

  /** Hosts from the first on, as groups, with all that an install needs to be told. */
  inventory({ servers, agents = 0 }: Cast, vars: Readonly<Record<string, unknown>> = {}): string {
    const names = this.lab.hosts.map(({ name }) => name)
    const lines = names.slice(0, servers + agents)
    return `${this.hostLines(lines)}
[server]
${lines.slice(0, servers).join('\n')}

[agent]
${lines.slice(servers).join('\n')}
${this.allVars(vars)}`
  }

  hostLines(names: readonly string[]): string {
    return this.lab.inventory
      .split('\n')
      .filter((line) => names.some((name) => line.startsWith(`${name} `)))
      .join('\n')
  }

  allVars(vars: Readonly<Record<string, unknown>>): string {
    const known = this.lab.inventory.slice(this.lab.inventory.indexOf('[all:vars]'))
    const own = {
      ...Object.fromEntries(untuned.map((name) => [`system_tuning.${name}`, 'keep'])),
      'preflight.skipChecks': ['commands', 'clock', 'hardware', 'disk', 'kernel'],
      'k3s.kubeconfig': { controller: join(mkdtempSync(join(tmpdir(), 'troupe-kubeconfig-')), 'config') },
      ...vars,
    }
    const lines = Object.entries(own).map(([name, value]) => {
      return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
    })
    const rest = known
      .split('\n')
      .filter((line) => !Object.keys(own).some((name) => line.startsWith(`${name}=`)))
    return `\n${[...rest, ...lines].join('\n')}\n`
  }

  /** Takes all that was installed off the hosts, as somebody does who has no way back. */
  async wipe(): Promise<void> {
    await Promise.all(
      this.lab.hosts.map((host) =>
        host.must(`systemctl disable -q --now k3s k3s-agent rke2-server rke2-agent 2> /dev/null
rm -rf /var/lib/rancher /etc/rancher /var/lib/kubelet /root/.kube /etc/systemd/system/k3s* /etc/systemd/system/rke2* /usr/local/bin/k3s /usr/local/bin/rke2
systemctl daemon-reload`),
      ),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.lab.destroy()
  }
}

/** The nodes as a server tells of them: what each is, and whether it is ready. */
export async function kubeNodesOf(
  host: LabHost,
  program = 'k3s kubectl',
): Promise<Readonly<Record<string, string>>> {
  const { items } = JSON.parse(await host.must(`${program} get nodes -o json`)) as {
    readonly items: readonly {
      readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
      readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] }
    }[]
  }
  const nodes = items.map(({ metadata, status }) => {
    const is = (type: string) =>
      status.conditions.some((each) => each.type === type && each.status === 'True')
    const part = metadata.labels['node-role.kubernetes.io/control-plane'] === undefined ? 'agent' : 'server'
    const words = [part, ...(is('EtcdIsVoter') ? ['voter'] : []), is('Ready') ? 'ready' : 'not ready']
    return [metadata.name, words.join(' ')] as const
  })
  return Object.fromEntries(nodes.toSorted(([a], [b]) => a.localeCompare(b)))
}

/** All that a run said of what was wrong. */
export function problemsOf({ events }: TroupeRun): string {
  return events
    .flatMap((event) => {
      if (event.type === 'finding' && event.class === 'fatal') return [`${event.message} ${event.advice}`]
      if (event.type === 'task' && event.status === 'failed') return [event.message ?? '']
      return event.type === 'error' ? [event.message] : []
    })
    .join('\n')
}
