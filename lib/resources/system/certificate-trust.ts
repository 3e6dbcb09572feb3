import { X509Certificate } from 'node:crypto'
import { sh } from '../../host/command.ts'
import type { Hash, Host, HostReader, Stat } from '../../host/host.ts'
import { systemFile } from '../../host/root-owned.ts'
import {
  defineResource,
  type Change,
  type Reading,
  type Resource,
  type WantContext,
} from '../../task/kind.ts'
import { NotYet, TaskFailed } from '../../task/outcome.ts'

export interface CertificateTrustArgs {
  /** Names the file among the system's own: `company-root`. */
  readonly name: string
  /** One authority's certificate, as PEM. */
  readonly certificate: string
}

type Ref = { readonly name: string }

/** How a family of systems keeps the authorities that it trusts. */
interface Store {
  readonly tool: string
  readonly update: readonly string[]
  /** What programs read. */
  readonly bundle: string
  file(name: string): string
}

export type CertificateTrustState =
  | { readonly is: 'absent'; readonly hint?: 'no store' }
  | {
      readonly is: 'trusted'
      readonly hash: Hash
      readonly mode: number
      /** Whether what programs read holds it: only that makes it trusted. */
      readonly bundled: boolean
    }

const stores: readonly Store[] = [
  {
    tool: '/usr/sbin/update-ca-certificates',
    // Without it, links to what is gone or has another name by now stay.
    update: ['--fresh'],
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    file: (name) => `/usr/local/share/ca-certificates/${name}.crt`,
  },
  {
    tool: '/usr/bin/update-ca-trust',
    update: ['extract'],
    bundle: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    file: (name) => `/etc/pki/ca-trust/source/anchors/${name}.pem`,
  },
]

const mode = 0o644
const noStore =
  'There is neither update-ca-certificates nor update-ca-trust; the package ca-certificates brings one.'

/** An authority that all programs of the system trust; `bundled` is looked up where they look. */
export const certificateTrust: (args: CertificateTrustArgs) => Resource = defineResource('certificateTrust', {
  make(args: CertificateTrustArgs) {
    const { name } = args
    if (!/^[\w-][\w.-]*$/.test(name))
      throw new TypeError(`${JSON.stringify(name)} is no name for a certificate.`)
    return { key: name, ref: { name }, spec: args }
  },

  read,

  want(actual: CertificateTrustState, { name, certificate }, context: WantContext): CertificateTrustState {
    const hash = context.keep(authority(name, certificate))
    const wanted: CertificateTrustState = { is: 'trusted', hash, mode, bundled: true }
    if (actual.is === 'absent' && actual.hint === 'no store') throw new NotYet(noStore, wanted)
    return wanted
  },

  apply: move,

  claim: ({ name }) => stores.map((store) => `path:${store.file(name)}`),

  digest: (state) => (state.is === 'trusted' ? `${state.hash} ${state.bundled}` : state.is),

  oneWay: ({ from }) =>
    from.is === 'trusted' && !from.bundled
      ? 'What programs read did not hold the certificate that stood there; it is not made wrong again.'
      : undefined,
})

async function read(
  host: HostReader,
  refs: readonly Ref[],
): Promise<readonly Reading<CertificateTrustState>[]> {
  const store = await storeOf(host)
  if (store === undefined) return refs.map(() => ({ is: 'absent', hint: 'no store' }))
  const files = refs.map(({ name }) => store.file(name))
  const [stats, [bundle, ...contents]] = await Promise.all([
    host.stat(files),
    host.readFiles([store.bundle, ...files]),
  ])
  const trusted = new Set(bodiesIn(bundle?.toString() ?? ''))
  return refs.map((_, index) => stateOf(files[index] ?? '', stats[index], contents[index], trusted))
}

function stateOf(
  file: string,
  stat: Stat | undefined,
  content: Buffer | undefined,
  trusted: ReadonlySet<string>,
): Reading<CertificateTrustState> {
  if (stat === undefined || stat.type === 'absent') return { is: 'absent' }
  if (stat.type !== 'file') return new TaskFailed(`${file} is a ${stat.type}, where a file is wanted.`)
  const bodies = bodiesIn(content?.toString() ?? '')
  const bundled = bodies.length > 0 && bodies.every((body) => trusted.has(body))
  return { is: 'trusted', hash: stat.hash, mode: stat.mode, bundled }
}

/** The bundle is made anew in any case: nobody can tell how far somebody else came who was killed. */
async function move(host: Host, { name }: Ref, { to }: Change<CertificateTrustState>): Promise<void> {
  const store = await storeOf(host)
  if (store === undefined) {
    if (to.is === 'absent') return
    throw new TaskFailed(noStore)
  }
  const file = store.file(name)
  const [stat] = await host.stat([file])
  const was = stat?.type === 'file' ? { was: stat.hash } : {}
  if (to.is === 'absent') await host.remove(file, was)
  else if (stat?.type !== 'file' || stat.hash !== to.hash || stat.mode !== to.mode)
    await host.writeFile(file, to.hash, { ...systemFile, mode: to.mode, ...was })
  await host.exec(sh`${store.tool} ${store.update}`, { job: `certificateTrust:${name}` })
}

async function storeOf(host: HostReader): Promise<Store | undefined> {
  const stats = await host.stat(stores.map(({ tool }) => tool))
  return stores.find((_, index) => stats[index]?.type !== 'absent')
}

/** The certificates of a text, each as one word, however its lines are broken. */
function bodiesIn(text: string): readonly string[] {
  const blocks = text.matchAll(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----([^-]+)-----END/g)
  return [...blocks].map(([, body = '']) => body.replaceAll(/\s/g, ''))
}

/** @throws when it is not one certificate of an authority: the system would pass over it without a word */
function authority(name: string, certificate: string): string {
  const text = `${certificate.trim()}\n`
  const count = bodiesIn(text).length
  if (count !== 1)
    throw new TypeError(`The certificate ${name} is to be one certificate as PEM, and it holds ${count}.`)
  let parsed: X509Certificate
  try {
    parsed = new X509Certificate(text)
  } catch (error) {
    throw new TypeError(
      `The certificate ${name} cannot be read: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    )
  }
  if (!parsed.ca) {
    throw new TypeError(
      `The certificate ${name} (${parsed.subject}) is none of an authority, so nothing would trust it.`,
    )
  }
  return text
}
