import { sh } from '../../host/command.ts'
import type { HostReader } from '../../host/host.ts'
import { NotYet } from '../../task/outcome.ts'
import { wholeName } from './image-name.ts'

interface OciIndex {
  readonly manifests?: readonly { readonly annotations?: Readonly<Record<string, string>> }[]
}

type DockerManifest = readonly { readonly RepoTags?: readonly string[] | null }[]

const anyCode = Array.from({ length: 256 }, (_, code) => code)

/** The whole names of the images in an archive; a tag alone is not among them. */
export async function namesInArchive(host: HostReader, archive: string): Promise<readonly string[] | NotYet> {
  const [[stat], docker, oci] = await Promise.all([
    host.stat([archive]),
    host.query(sh`tar -xOf ${archive} manifest.json`, { ok: anyCode }),
    host.query(sh`tar -xOf ${archive} index.json`, { ok: anyCode }),
  ])
  if (stat === undefined || stat.type === 'absent') {
    return new NotYet(`There is no archive ${archive} on ${host.name}.`, { is: 'present' })
  }
  const tags = jsonIn<DockerManifest>(docker.stdout)?.flatMap(({ RepoTags }) => RepoTags ?? []) ?? []
  const annotated = (jsonIn<OciIndex>(oci.stdout)?.manifests ?? []).flatMap(({ annotations = {} }) => {
    return annotations['io.containerd.image.name'] ?? annotations['org.opencontainers.image.ref.name'] ?? []
  })
  const whole = [...tags, ...annotated].filter((name) => name.includes('/') || name.includes(':'))
  return [...new Set(whole.map(wholeName))]
}

/** What a part of an archive says; undefined where it has no such part. */
function jsonIn<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}
