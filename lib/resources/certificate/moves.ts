import type { Particulars } from '../../pki/certificate.ts'
import { issue } from '../../pki/issue.ts'
import { issuingPair } from '../../pki/moves.ts'
import type { Hash, Host } from '../../host/host.ts'
import { privateFile } from '../../host/root-owned.ts'
import type { Change } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { same } from '../../task/state.ts'
import { orderOf } from './order.ts'
import { markPath, readPairs, type Mark, type PairRef, type PairState, type Part } from './pair.ts'

/** Moves a certificate and its key: issues what is ordered, or puts back what is kept by its content. */
export async function movePair(host: Host, ref: PairRef, { to }: Change<PairState>): Promise<void> {
  const [now] = await readPairs(host, [ref])
  if (now === undefined || now instanceof Error) throw now ?? new Error(`${ref.cert} was not read.`)
  const wanted = await partsOf(host, to, now)
  const found = partsIn(now)
  await remember(host, ref, to, now)
  // A certificate without its key is found and made good; a key that stands alone gives nothing away.
  await place(host, ref.key, found.key, wanted.key)
  await place(host, ref.cert, found.cert, wanted.cert)
}

type Parts = { readonly cert: Part | null; readonly key: Part | null }

async function partsOf(host: Host, to: PairState, now: PairState): Promise<Parts> {
  if (to.is !== 'pair') return partsIn(to)
  const { cert, key } = await contentOf(host, to, now)
  return { cert: { ...to.cert, hash: cert }, key: { ...to.key, hash: key } }
}

async function contentOf(
  host: Host,
  { certificate, hint }: Extract<PairState, { readonly is: 'pair' }>,
  now: PairState,
): Promise<{ readonly cert: Hash; readonly key: Hash }> {
  const standing = now.is === 'pair' && same(now.certificate, certificate) ? now.hint : undefined
  if (standing !== undefined && 'cert' in standing) return standing
  if (hint !== undefined && 'cert' in hint) return hint
  if (hint === undefined) throw new TaskFailed(`The certificate ${certificate.serial} is not to be had.`)
  return issued(host, hint.order, certificate)
}

async function issued(host: Host, order: Hash, particulars: Particulars) {
  const { place: at } = await orderOf(host, order)
  const { certificate, key } = await issue(await issuingPair(at), particulars)
  return { cert: host.keep(certificate.pem), key: host.keep(key) }
}

function partsIn(state: PairState): Parts {
  if (state.is === 'absent') return { cert: null, key: null }
  if (state.is === 'broken') return state
  const { cert, key, hint } = state
  if (hint === undefined || !('cert' in hint)) return { cert: null, key: null }
  return { cert: { ...cert, hash: hint.cert }, key: { ...key, hash: hint.key } }
}

async function place(host: Host, path: string, from: Part | null, to: Part | null): Promise<void> {
  if (same(from, to)) return
  const was = from === null ? {} : { was: from.hash }
  if (to === null) return host.remove(path, was)
  const { hash, ...owned } = to
  if (from?.hash === hash) await host.setAttributes(path, owned)
  else await host.writeFile(path, hash, { ...owned, ...was })
}

/** Before the certificate stands: what counts is that the one which stands is the one that was asked for. */
async function remember(host: Host, ref: PairRef, to: PairState, now: PairState): Promise<void> {
  const [wanted, found] = [to, now].map((state) => (state.is === 'pair' ? state.renewed : undefined))
  if (to.is === 'pair' && wanted !== undefined) {
    const mark: Mark = { run: wanted, serial: to.certificate.serial }
    await host.writeFile(markPath(ref), host.keep(JSON.stringify(mark)), privateFile)
  } else if (found !== undefined) await host.remove(markPath(ref))
}
