import { plainAddress, type Algorithm, type Certificate, type Usage } from '../../pki/certificate.ts'
import { newDraft, particularsFor, type Draft, type Wanted } from '../../pki/issue.ts'
import type { AuthorityPlace } from '../../pki/place.ts'
import { whyReissue } from '../../pki/why-reissue.ts'
import { defineResource, type Resource, type WantContext } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { checkPath, inFolder, ofNew, type Owned } from '../files/place.ts'
import { authorityAt, placeOf } from './authority.ts'
import { foreseenAuthority, noAuthorityYet } from './foreseen.ts'
import { movePair } from './moves.ts'
import { keepOrder } from './order.ts'
import { readPairs, type PairRef, type PairState } from './pair.ts'
import { showPair } from './show.ts'

export interface CertificateArgs {
  /** Where the certificate stands, and where its key does. */
  readonly cert: string
  readonly key: string
  readonly authority: AuthorityPlace
  readonly commonName: string
  readonly organizations?: readonly string[]
  readonly dns: readonly string[]
  readonly addresses: readonly string[]
  readonly usages: readonly Usage[]
  readonly algorithm: Algorithm
  readonly days: number
  /** So many days before its end it is issued anew. */
  readonly renewDays: number
  /** Of both files. Default: whom the host is worked on as, so root. */
  readonly owner?: string
  readonly group?: string
  /** Issues it anew once in this run, also over a resume: `{ run: run.id }`. */
  readonly renew?: { readonly run: string } | undefined
}

interface Spec extends Pick<CertificateArgs, 'authority' | 'owner' | 'group' | 'renew'> {
  readonly wanted: Wanted
  readonly draft?: Draft
}

const modes = { cert: 0o644, key: 0o600 }

/** A certificate that an authority of the controller issued, and its key; what fits stays, else both are made anew. */
export const certificate: (args: CertificateArgs) => Resource = defineResource('certificate', {
  make(args: CertificateArgs) {
    const { cert, key, authority, owner, group, renew } = args
    const owned = { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) }
    const spec: Spec = { authority: placeOf(authority), ...owned, renew, wanted: wantedOf(args) }
    const ref: PairRef = { cert: checkPath(cert), key: checkPath(key) }
    return { key: cert, ref, spec, after: [authorityAt(authority)] }
  },

  resolve: async (spec) => ({ ...spec, draft: newDraft() }),

  read: readPairs,

  want(actual: PairState, spec, context: WantContext): PairState {
    const { authority, wanted, draft = newDraft(), renew } = spec
    const { issuing } = foreseenAuthority(authority, context)
    const owned = ownedBy(actual, spec, context)
    if (issuing === undefined) throw noAuthorityYet(authority, toCome(spec, draft, owned))
    const why = reasons(actual, spec, issuing)
    if (actual.is === 'pair' && why.length === 0) return { ...actual, ...owned }
    if (Date.parse(issuing.notAfter) <= draft.now.getTime()) throw hasEnded(authority, issuing)
    return inFolder(actual, {
      is: 'pair',
      certificate: particularsFor(wanted, issuing, draft),
      ...owned,
      ...(renew === undefined ? {} : { renewed: renew.run }),
      hint: { order: keepOrder(authority, {}, context), why },
    } satisfies PairState)
  },

  apply: movePair,

  claim: ({ cert, key }) => [`path:${cert}`, `path:${key}`],

  digest(state) {
    if (state.is === 'pair') return `${state.certificate.serial} by ${state.certificate.issuerKey}`
    return state.is === 'absent' ? 'absent' : `${state.cert?.hash} ${state.key?.hash}`
  },

  show: showPair,
})

function wantedOf(args: CertificateArgs): Wanted {
  const { commonName, organizations = [], dns, addresses, usages, algorithm, days, renewDays } = args
  if (renewDays >= days) {
    throw new TypeError(
      `A certificate of ${days} days cannot be issued anew ${renewDays} days before its end: give fewer.`,
    )
  }
  const plain = addresses.map((address) => plainAddress(address))
  return { commonName, organizations, dns, addresses: plain, usages, algorithm, days, renewDays }
}

function reasons(actual: PairState, { wanted, renew }: Spec, issuing: Certificate): readonly string[] {
  if (actual.is === 'absent') return ['absent']
  if (actual.is === 'broken') return [actual.why]
  const asked = renew !== undefined && renew.run !== actual.renewed ? ['this run asks for another one'] : []
  return [...whyReissue(actual.certificate, wanted, issuing, new Date()), ...asked]
}

function ownedBy(
  actual: PairState,
  { owner, group }: Spec,
  context: WantContext,
): Record<'cert' | 'key', Owned> {
  const attributes = (file: 'cert' | 'key') => {
    const there = actual.is === 'absent' ? null : actual[file]
    const own = there ?? ofNew(modes[file], context)
    return { mode: modes[file], owner: owner ?? own.owner, group: group ?? own.group }
  }
  return { cert: attributes('cert'), key: attributes('key') }
}

/** What is made once there is an authority. */
function toCome({ wanted, authority }: Spec, draft: Draft, owned: Record<'cert' | 'key', Owned>): PairState {
  const none = { commonName: authority.name, keyId: '', notAfter: '9999-12-31' } as Certificate
  return { is: 'pair', certificate: particularsFor(wanted, none, draft), ...owned }
}

function hasEnded({ name, store }: AuthorityPlace, { notAfter }: Certificate): TaskFailed {
  return new TaskFailed(`The authority ${name} in ${store.folder} has ended on ${notAfter}.`, {
    advice: 'Replace it: docs/certificates.md says how.',
  })
}
