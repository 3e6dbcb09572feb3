import { noProgram, sh } from '../../host/command.ts'
import type { Answer, Host, HostReader } from '../../host/host.ts'
import { NotYet } from '../../task/outcome.ts'
import { repositoryOf, wholeName } from './image-name.ts'

/** What a runtime has: digests by name. One image may have several digests, as a docker image its own and its list's. */
export type Images = ReadonlyMap<string, readonly string[]>

/** One family of container runtimes, by the program that asks and tells it. */
export interface Runtime {
  readonly program: 'ctr' | 'docker' | 'podman'
  list(host: HostReader, namespace: string): Promise<Answer>
  parse(stdout: string): Images
  pull(host: Host, name: string, namespace: string): Promise<void>
  import(host: Host, name: string, archive: string, namespace: string): Promise<void>
  /** Gives what has one name another one besides. */
  tag(host: Host, from: string, to: string, namespace: string): Promise<void>
  remove(host: Host, names: readonly string[], namespace: string): Promise<void>
}

const anyCode = Array.from({ length: 256 }, (_, code) => code)
const jobOf = (name: string) => ({ job: `image:${name}` })

const containerd: Runtime = {
  program: 'ctr',

  list: (host, namespace) => host.query(sh`ctr -n ${namespace} images ls`, { ok: anyCode }),

  parse(stdout) {
    const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/))
    const found = rows.filter(([name, , digest]) => name !== 'REF' && digest?.startsWith('sha256:'))
    return new Map(found.map(([name = '', , digest = '']) => [name, [digest]]))
  },

  async pull(host, name, namespace) {
    // What the cluster would use knows its mirrors and credentials.
    const { code } = await host.query(sh`command -v crictl`, { ok: anyCode })
    const pull =
      code === 0 && namespace === 'k8s.io'
        ? sh`crictl --runtime-endpoint unix:///run/containerd/containerd.sock pull ${name}`
        : sh`ctr -n ${namespace} images pull --hosts-dir /etc/containerd/certs.d ${name}`
    await host.exec(pull, jobOf(name))
  },

  async import(host, name, archive, namespace) {
    const base = repositoryOf(name)
    await host.exec(sh`ctr -n ${namespace} images import --base-name ${base} ${archive}`, jobOf(name))
  },

  async tag(host, from, to, namespace) {
    await host.exec(sh`ctr -n ${namespace} images tag --force ${from} ${to}`)
  },

  async remove(host, names, namespace) {
    const images = containerd.parse((await containerd.list(host, namespace)).stdout)
    const going = names.filter((name) => images.has(name))
    const digests = new Set(going.flatMap((name) => images.get(name) ?? []))
    const left = [...images].filter(([name]) => !going.includes(name))
    const isDerived = (name: string) => /^sha256:|@sha256:/.test(name)
    const inUse = new Set(left.filter(([name]) => !isDerived(name)).flatMap(([, of]) => of))
    // The names that the runtime gave it by itself go with the last that somebody else gave it.
    const derived = left.filter(
      ([name, of]) => isDerived(name) && of.some((one) => digests.has(one) && !inUse.has(one)),
    )
    const all = [...going, ...derived.map(([name]) => name)]
    if (all.length > 0) await host.exec(sh`ctr -n ${namespace} images rm ${all}`)
  },
}

function dockerLike(program: 'docker' | 'podman'): Runtime {
  const format = '{{.Repository}}:{{.Tag}} {{.Digest}} {{.ID}}'
  return {
    program,
    list: (host) =>
      host.query(sh`${program} images --no-trunc --digests --format ${format}`, { ok: anyCode }),
    parse(stdout) {
      const rows = stdout.split('\n').map((line) => line.trim().split(' '))
      const named = rows.filter(([name = '']) => name !== '' && !name.includes('<none>'))
      return new Map(
        named.map(([name = '', ...digests]) => [
          wholeName(name),
          digests.filter((one) => one.startsWith('sha256:')),
        ]),
      )
    },
    pull: async (host, name) => void (await host.exec(sh`${program} pull -q ${name}`, jobOf(name))),
    import: async (host, name, archive) =>
      void (await host.exec(sh`${program} load -q -i ${archive}`, jobOf(name))),
    tag: async (host, from, to) => void (await host.exec(sh`${program} tag ${from} ${to}`)),
    async remove(host, names, namespace) {
      const images = this.parse((await this.list(host, namespace)).stdout)
      const going = names.filter((name) => images.has(name))
      if (going.length > 0) await host.exec(sh`${program} rmi ${going}`)
    },
  }
}

const runtimes = { containerd, docker: dockerLike('docker'), podman: dockerLike('podman') } as const

export type RuntimeName = keyof typeof runtimes

/** The runtime of the host and what it has. Left open, it is docker where that is, else containerd, else podman. */
export async function imagesOf(
  host: HostReader,
  name: RuntimeName | 'auto',
  namespace: string,
): Promise<{ readonly runtime: Runtime; readonly images: Images } | NotYet> {
  const candidates =
    name === 'auto' ? [runtimes.docker, runtimes.containerd, runtimes.podman] : [runtimes[name]]
  const answers = await Promise.all(candidates.map((runtime) => runtime.list(host, namespace)))
  const there = answers.findIndex(({ code }) => code !== noProgram)
  const [runtime, answer] = [candidates[there], answers[there]]
  if (runtime === undefined || answer === undefined) {
    const programs = candidates.map(({ program }) => program)
    return new NotYet(`There is no container runtime on ${host.name}: it has no ${programs.join(', no ')}.`)
  }
  if (answer.code !== 0) {
    const said = (answer.stderr || answer.stdout).trim().split('\n').at(-1) ?? ''
    return new NotYet(`The container runtime of ${host.name} does not answer ${runtime.program}: ${said}`)
  }
  return { runtime, images: runtime.parse(answer.stdout) }
}
