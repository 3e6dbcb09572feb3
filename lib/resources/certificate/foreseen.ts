import { findAuthority, type Authority } from '../../pki/authority.ts'
import type { Certificate } from '../../pki/certificate.ts'
import type { AuthorityPlace } from '../../pki/place.ts'
import type { WantContext } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
import type { State } from '../../task/state.ts'
import { authorityAt } from './authority.ts'

/** What can be told of an authority; a certificate that is still to be made cannot. */
interface Foreseen {
  readonly issuing?: Certificate
  readonly trusted?: readonly Certificate[]
}

/** An authority as its store has it, under check as it will be once what is pending has been done. */
export function foreseenAuthority(place: AuthorityPlace, { inputs, pending }: WantContext): Foreseen {
  const found = findAuthority(place)
  const phase = pending === true ? inputs[authorityAt(place).id]?.digest : undefined
  return found === undefined ? {} : after(found, phase ?? found.phase)
}

/** That an authority is still to come, and what is made of the thing then. */
export function noAuthorityYet({ name, store }: AuthorityPlace, foreseen: State): NotYet {
  return new NotYet(`There is no authority ${name} in ${store.folder} yet.`, foreseen)
}

function after({ phase, issuing, trusted }: Authority, next: string): Foreseen {
  if (next === phase) return { issuing, trusted }
  if (next === 'introduced') return { issuing }
  const newer = trusted.find(({ serial }) => serial !== issuing.serial && phase !== 'switched') ?? issuing
  return { issuing: newer, trusted: next === 'alone' ? [newer] : trusted }
}
