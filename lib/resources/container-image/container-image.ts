import type { Host, HostReader } from '../../host/host.ts'
import { defineResource, type Change, type Reading } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
import { imagesOf, type Images, type Runtime, type RuntimeName } from './container-runtimes.ts'
import { repositoryOf, wholeName } from './image-name.ts'
import { namesInArchive } from './image-archive.ts'
import { checkPath } from '../files/place.ts'

export interface ContainerImageArgs {
  readonly image: string
  /** Exactly this one, as `sha256:…`. Default: whichever has the name. */
  readonly digest?: string
  /** An archive on the host that holds it, as docker or OCI write them. Default: it is pulled. */
  readonly from?: string
  /** Default: docker where that is, else containerd, else podman. */
  readonly runtime?: RuntimeName | 'auto'
  /** Of containerd. Default: k8s.io, where a node of a cluster looks. */
  readonly namespace?: string
  readonly state?: 'absent'
}

type Ref = {
  readonly name: string
  readonly runtime: RuntimeName | 'auto'
  readonly namespace: string
  readonly digest?: string
  readonly from?: string
}

export type ContainerImageState =
  /** `brings`: what else is in the archive and not yet here. */
  | { readonly is: 'absent'; readonly hint?: { readonly brings: readonly string[] } }
  | { readonly is: 'present'; readonly digest?: string }

/** An image in the store of the host's container runtime, pulled or from an archive. */
export const containerImage = defineResource('image', {
  make(args: ContainerImageArgs) {
    const { image, digest, from, runtime = 'auto', namespace = 'k8s.io', state } = args
    const name = wholeName(image)
    if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
      throw new TypeError(`${name} is given the digest ${JSON.stringify(digest)}, which is no sha256:….`)
    }
    if (state === 'absent' && (digest !== undefined || from !== undefined)) {
      throw new TypeError(`${name} is to be absent, and to have a digest or an archive.`)
    }
    const ref: Ref = {
      name,
      runtime,
      namespace,
      ...(digest === undefined ? {} : { digest }),
      ...(from === undefined ? {} : { from: checkPath(from) }),
    }
    return { key: `${namespace}/${name}`, ref, spec: args }
  },

  read: readImages,

  want(actual: ContainerImageState, { digest, state }): ContainerImageState {
    if (state === 'absent') return actual.is === 'absent' ? actual : { is: 'absent' }
    return digest === undefined ? { is: 'present' } : { is: 'present', digest }
  },

  apply: moveImage,

  claim: ({ name, namespace }) => [`image:${namespace}/${name}`],

  digest: (state) => (state.is === 'present' ? (state.digest ?? 'present') : 'absent'),

  oneWay({ from }, { name }) {
    if (from.is !== 'present') return undefined
    return `The image ${name} that was there is not kept; it can only come from its registry again.`
  },
})

async function readImages(
  host: HostReader,
  refs: readonly Ref[],
): Promise<readonly Reading<ContainerImageState>[]> {
  const asked = new Map<string, ReturnType<typeof imagesOf>>()
  const foundOf = ({ runtime, namespace }: Ref) => {
    const key = `${runtime} ${namespace}`
    const found = asked.get(key) ?? imagesOf(host, runtime, namespace)
    asked.set(key, found)
    return found
  }
  return Promise.all(
    refs.map(async (ref): Promise<Reading<ContainerImageState>> => {
      const found = await foundOf(ref)
      return found instanceof NotYet ? found : stateIn(host, found.images, ref)
    }),
  )
}

async function stateIn(
  host: HostReader,
  images: Images,
  { name, digest, from }: Ref,
): Promise<Reading<ContainerImageState>> {
  const digests = images.get(name)
  if (digests !== undefined) {
    if (digest === undefined) return { is: 'present' }
    return { is: 'present', digest: digests.includes(digest) ? digest : (digests[0] ?? 'unknown') }
  }
  if (from === undefined) return { is: 'absent' }
  const held = await namesInArchive(host, from)
  if (held instanceof NotYet) return held
  const brings = held.filter((other) => other !== name && !images.has(other))
  return brings.length === 0 ? { is: 'absent' } : { is: 'absent', hint: { brings } }
}

async function moveImage(host: Host, ref: Ref, { to }: Change<ContainerImageState>): Promise<void> {
  const found = await imagesOf(host, ref.runtime, ref.namespace)
  if (found instanceof NotYet) throw found
  const { runtime, images } = found
  const { name, namespace } = ref
  if (to.is === 'absent') return runtime.remove(host, [name, ...(to.hint?.brings ?? [])], namespace)
  const digests = images.get(name)
  if (digests !== undefined && (to.digest === undefined || digests.includes(to.digest))) return
  if (ref.from !== undefined) return runtime.import(host, name, ref.from, namespace)
  await pull(host, runtime, ref, to.digest)
}

async function pull(host: Host, runtime: Runtime, { name, namespace }: Ref, digest?: string): Promise<void> {
  if (digest === undefined || name.endsWith(`@${digest}`)) return runtime.pull(host, name, namespace)
  const exact = `${repositoryOf(name)}@${digest}`
  await runtime.pull(host, exact, namespace)
  await runtime.tag(host, exact, name, namespace)
}
