import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Hash, HostReader } from '../host/host.ts'
import { Secret } from '../secrets/secret.ts'
import { defineResource, type Reading } from '../task/kind.ts'
import { NotYet, TaskFailed } from '../task/outcome.ts'
import { localPath } from '../vars/local-path.ts'
import { isOnly, merged, renamed, type Entry } from './kubeconfig.ts'

export interface KubeconfigHereArgs extends Entry {
  /** The kubeconfig on the server. */
  readonly from: string
  /** A file on the controller. */
  readonly to: string
  /** Whether it is put beside other clusters in a file that is there. */
  readonly merge: boolean
}

type Ref = {
  readonly from: string
  readonly to: string
  readonly name: string
  readonly server: string
  readonly merge: boolean
}

export type KubeconfigState =
  | { readonly is: 'absent'; readonly hint?: { readonly wanted: Hash } }
  | {
      readonly is: 'file'
      readonly hash: Hash
      readonly mode: number
      readonly hint?: { readonly wanted: Hash }
    }

const privateMode = 0o600

/** The kubeconfig of a cluster on the controller, for its user alone; where it goes back, what stood there does. */
export const kubeconfigHere = defineResource('kubeconfigHere', {
  make: ({ from, to, name, server, merge }: KubeconfigHereArgs) => ({
    key: localPath(to),
    ref: { from, to: localPath(to), name, server, merge },
    spec: {},
  }),

  read: (host, refs: readonly Ref[]) => Promise.all(refs.map((ref) => readHere(host, ref))),

  want(actual: KubeconfigState): KubeconfigState {
    const wanted = actual.hint?.wanted
    return wanted === undefined ? actual : { is: 'file', hash: wanted, mode: privateMode }
  },

  async apply(host, { to: path }, { from, to }) {
    if (to.is === 'absent') return rm(path, { force: true })
    if (from.is === 'file' && from.hash !== to.hash)
      await host.preserve(from.hash, { bytes: await readFile(path) })
    const content = await host.bytes(to.hash)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const half = `${path}.${randomUUID()}`
    await writeFile(half, content, { mode: to.mode })
    await chmod(half, to.mode)
    await rename(half, path)
  },

  claim: ({ to }) => [`controller:${to}`],
})

async function readHere(host: HostReader, ref: Ref): Promise<Reading<KubeconfigState>> {
  const [content] = await host.readFiles([ref.from])
  if (content === undefined) return new NotYet(`There is no kubeconfig ${ref.from} on ${host.name}.`)
  const own = renamed(content.toString(), ref)
  const there = await readFile(ref.to, 'utf8').catch(() => undefined)
  const wanted = host.keep(new Secret(together(ref, there, own), ref.from))
  if (there === undefined) return { is: 'absent', hint: { wanted } }
  const hash = host.keep(new Secret(there, ref.to))
  return { is: 'file', hash, mode: (await stat(ref.to)).mode & 0o777, hint: { wanted } }
}

function together({ to, name, merge }: Ref, there: string | undefined, own: string): string {
  if (there === undefined || there.trim() === '' || isOnly(there, name)) return own
  if (merge) return merged(there, own)
  throw new TaskFailed(`${to} speaks of other clusters, and is left alone.`, {
    advice: 'Set k3s.kubeconfig.merge to true, or k3s.kubeconfig.controller to another file.',
  })
}
