import { readFileSync } from 'node:fs'
import { UserError } from '../errors.ts'
import { readCertificate, type Certificate } from './certificate.ts'
import { filesOf, type AuthorityPlace, type Generation } from './place.ts'

/**
 * How far it is with an authority: it stands alone; another one was introduced, which hosts trust as well; both are
 * trusted and the newer one issues. `switching` is a switch that was cut short.
 */
export type Phase = 'alone' | 'introduced' | 'switching' | 'switched'

/** An authority as its store has it. */
export interface Authority {
  readonly phase: Phase
  readonly issuing: Certificate
  /** All that hosts are to trust, the one that issues first. */
  readonly trusted: readonly Certificate[]
}

/** What the store has of an authority, without its keys; undefined where it is still to be made. */
export function findAuthority(place: AuthorityPlace): Authority | undefined {
  const [issuing, next, former] = (['now', 'next', 'former'] as const).map((generation) =>
    certificateAt(place, generation),
  )
  if (issuing === undefined) return undefined
  const other = next ?? former
  return {
    phase: phaseOf(next, former),
    issuing,
    trusted: other === undefined ? [issuing] : [issuing, other],
  }
}

/** Certificates to be trusted as PEM, the oldest first, so that a switch alone leaves the text as it is. */
export function bundleOf(trusted: readonly Certificate[]): string {
  const byAge = trusted.toSorted((a, b) => age(a).localeCompare(age(b)))
  return byAge.map(({ pem }) => `${pem.trim()}\n`).join('')
}

function age({ notBefore, serial }: Certificate): string {
  return `${notBefore} ${serial}`
}

function phaseOf(next: Certificate | undefined, former: Certificate | undefined): Phase {
  if (next === undefined) return former === undefined ? 'alone' : 'switched'
  return former === undefined ? 'introduced' : 'switching'
}

/** Reads one certificate of the store. It is small, and asked for where nothing can wait. */
export function certificateAt(place: AuthorityPlace, generation: Generation): Certificate | undefined {
  const { certificate: file } = filesOf(place, generation)
  const pem = contentOf(file)
  if (pem === undefined) return undefined
  try {
    const certificate = readCertificate(pem)
    if (certificate.isAuthority) return certificate
  } catch (cause) {
    throw notOne(file, { cause })
  }
  throw notOne(file)
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function notOne(file: string, options?: ErrorOptions): UserError {
  return new UserError(
    `${file}: expected the certificate of an authority as PEM, found something else.`,
    'Put it back from where it is whole: everything that it issued hangs on it.',
    options,
  )
}
