import { belongsTo, particularsOf, readCertificate, type Particulars } from '../../pki/certificate.ts'
import type { Hash, HostReader, Stat } from '../../host/host.ts'
import { isRecord, isString, parseMemory } from '../../host/our-memory.ts'
import { ourPaths } from '../../host/paths.ts'
import type { Reading } from '../../task/kind.ts'
import { inTheWay } from '../files/file.ts'
import { readPlaces, type NoFolder, type Owned } from '../files/place.ts'

export type PairRef = { readonly cert: string; readonly key: string }

/** A file of the two as it stands. */
export type Part = Owned & { readonly hash: Hash }

/** What stands, by its content. */
type Content = { readonly cert: Hash; readonly key: Hash }

/** What is to be issued, and what for. */
type Order = { readonly order: Hash; readonly why: readonly string[] }

export type PairState =
  | { readonly is: 'absent'; readonly hint?: NoFolder }
  | {
      readonly is: 'pair'
      readonly certificate: Particulars
      readonly cert: Owned
      readonly key: Owned
      /** The run that asked for this very one. */
      readonly renewed?: string
      readonly hint?: Content | Order
    }
  /** Something is there that is no pair. */
  | { readonly is: 'broken'; readonly why: string; readonly cert: Part | null; readonly key: Part | null }

/** Which certificate a run has asked for. */
export interface Mark {
  readonly run: string
  readonly serial: string
}

/** Looks at certificates and their keys, all at once. */
export async function readPairs(
  host: HostReader,
  refs: readonly PairRef[],
): Promise<readonly Reading<PairState>[]> {
  const paths = refs.flatMap(({ cert, key }) => [cert, key])
  const [places, contents] = await Promise.all([
    readPlaces(host, paths),
    host.readFiles([...paths, ...refs.map(markPath)]),
  ])
  return refs.map((ref, index) => {
    const [cert, key] = [places[2 * index], places[2 * index + 1]]
    const hint = cert?.hint ?? key?.hint
    const mark = markIn(host, ref, contents[paths.length + index])
    const parts = { cert: partOf(cert?.stat), key: partOf(key?.stat) }
    if (parts.cert === 'other') return inTheWay(ref.cert, wayOf(cert?.stat))
    if (parts.key === 'other') return inTheWay(ref.key, wayOf(key?.stat))
    if (parts.cert === null && parts.key === null)
      return { is: 'absent', ...(hint === undefined ? {} : { hint }) }
    return stateOf({ cert: parts.cert, key: parts.key }, contents[2 * index], contents[2 * index + 1], mark)
  })
}

/** Where it is remembered which certificate a run has asked for. */
export function markPath({ cert }: PairRef): string {
  return `${ourPaths.certificates}/${encodeURIComponent(cert)}`
}

function stateOf(
  { cert, key }: { readonly cert: Part | null; readonly key: Part | null },
  certText: Buffer | undefined,
  keyText: Buffer | undefined,
  mark: Mark | undefined,
): PairState {
  const broken = (why: string): PairState => ({ is: 'broken', why, cert, key })
  if (cert === null || certText === undefined) return broken('the certificate is missing')
  if (key === null || keyText === undefined) return broken('the key is missing')
  const certificate = certificateIn(certText)
  if (certificate === undefined) return broken('the certificate cannot be read')
  if (!belongsTo(keyText, certificate)) return broken('the key is not the one of the certificate')
  return {
    is: 'pair',
    certificate: particularsOf(certificate),
    cert: ownedOf(cert),
    key: ownedOf(key),
    ...(mark?.serial === certificate.serial ? { renewed: mark.run } : {}),
    hint: { cert: cert.hash, key: key.hash },
  }
}

function certificateIn(text: Buffer) {
  try {
    return readCertificate(text.toString())
  } catch {
    return undefined
  }
}

function partOf(stat: Stat | undefined): Part | null | 'other' {
  if (stat === undefined || stat.type === 'absent') return null
  if (stat.type !== 'file') return 'other'
  const { type: _, ...part } = stat
  return part
}

function wayOf(stat: Stat | undefined): { readonly is: string; readonly what?: unknown } {
  return stat?.type === 'other' ? { is: 'other', what: stat.what } : { is: stat?.type ?? 'other' }
}

function ownedOf({ mode, owner, group }: Part): Owned {
  return { mode, owner, group }
}

function markIn({ name }: HostReader, ref: PairRef, content: Buffer | undefined): Mark | undefined {
  return content === undefined ? undefined : parseMemory(name, markPath(ref), content, isMark)
}

function isMark(value: unknown): value is Mark {
  return isRecord(value) && isString(value['run']) && isString(value['serial'])
}
