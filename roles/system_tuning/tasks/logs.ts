import { bringsAll } from '../../../lib/cluster/distributions.ts'
import { isNode, rolesOf } from '../../../lib/cluster/host-roles.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { directory, keys, restart, template } from '../../../lib/resources/index.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { TaskFailed } from '../../../lib/task/outcome.ts'
import type { TuningContext } from '../context.ts'

const tags = ['logs'] as const
const journal = '/etc/systemd/journald.conf.d'
const readable = { mode: 0o644, owner: 'root', group: 'root' } as const

/** Bounds the journal, and on a node the logs of containers. */
export async function logs(context: TuningContext): Promise<void> {
  const { host, vars, group, task } = context
  if (vars.logs === 'keep') return
  const bounds = template({
    path: `${journal}/90-troupe.conf`,
    from: 'journald.conf.ejs',
    values: vars,
    ...readable,
  })
  await task(
    tuningTasks.logs,
    { tags },
    directory({ path: journal }),
    bounds,
    restart('systemd-journald', { after: [bounds] }),
    ...(isNode(rolesOf(host.name, group)) ? containerLogs(context) : []),
  )
}

/** For whoever starts there: nothing that runs containers already is disturbed. */
function containerLogs({ vars, shared }: TuningContext): readonly Resource[] {
  const { distribution } = shared.kubernetes
  if (bringsAll(distribution)) {
    return dropIn(
      `/etc/rancher/${distribution}/config.yaml.d`,
      '90-troupe-logs.yaml',
      'kubelet-args.yaml.ejs',
      vars,
    )
  }
  const kubelet = dropIn(
    '/etc/kubernetes/kubelet.conf.d',
    '90-troupe-logs.conf',
    'kubelet-logs.yaml.ejs',
    vars,
  )
  return shared.runtime.type === 'docker' ? [...kubelet, ...dockerLogs(vars)] : kubelet
}

function dropIn(folder: string, name: string, from: string, values: object): readonly Resource[] {
  const parts = folder.split('/').slice(2)
  const folders = parts.map((_, index) => ['/etc', ...parts.slice(0, index + 1)].join('/'))
  return [
    ...folders.map((path) => directory({ path })),
    template({ path: `${folder}/${name}`, from, values, ...readable }),
  ]
}

/** Under docker, its own driver writes the logs; it wants both as texts. */
function dockerLogs({
  containerLogMaxSize,
  containerLogMaxFiles,
}: TuningContext['vars']): readonly Resource[] {
  const set = {
    'log-opts.max-size': String(bytesOf(containerLogMaxSize)),
    'log-opts.max-file': String(containerLogMaxFiles),
  }
  return [directory({ path: '/etc/docker' }), keys({ path: '/etc/docker/daemon.json', format: 'json', set })]
}

const powers = ['', 'k', 'M', 'G'] as const

/** A size as Kubernetes writes it, which docker would read otherwise. */
export function bytesOf(size: string): number {
  const [, number = '', prefix = '', binary] = /^(\d+)([kKMG]?)(i?)$/.exec(size) ?? []
  const power = powers.findIndex((each) => each.toLowerCase() === prefix.toLowerCase())
  const bytes = Number(number) * (binary === 'i' ? 1024 : 1000) ** power
  if (bytes > 0) return bytes
  throw new TaskFailed(`system_tuning.containerLogMaxSize is ${JSON.stringify(size)}, which is no size.`, {
    advice: 'Write a number of bytes with Ki, Mi or Gi, such as 10Mi.',
  })
}
