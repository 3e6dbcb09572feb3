import type { Difference } from '../../report/events.ts'
import type { Change } from '../../task/kind.ts'
import { differing } from '../../task/state.ts'
import { octal } from '../files/file-content.ts'
import type { Owned } from '../files/place.ts'
import type { PairState } from './pair.ts'

/** A change in words: why the one that stands does not do, and who issues the other one. */
export function showPair({ from, to }: Change<PairState>): readonly Difference[] {
  return [...certificateLine(from, to), ...attributeLines(from, to)]
}

function certificateLine(from: PairState, to: PairState): readonly Difference[] {
  const field = 'certificate'
  if (to.is !== 'pair') return [{ field, from: inWords(from), to: inWords(to) }]
  const { hint, certificate } = to
  if (hint !== undefined && 'why' in hint) {
    const verb = from.is === 'absent' ? 'issued' : 'issued anew'
    return [{ field, from: hint.why.join('; '), to: `${verb} by ${certificate.issuer}` }]
  }
  if (hint === undefined) return [{ field, from: inWords(from), to: `issued by ${certificate.issuer}` }]
  if (from.is === 'pair' && from.certificate.serial === certificate.serial) return []
  return [{ field, from: inWords(from), to: inWords(to) }]
}

function attributeLines(from: PairState, to: PairState): readonly Difference[] {
  if (from.is !== 'pair' || to.is !== 'pair') return []
  return (['cert', 'key'] as const).flatMap((file) =>
    differing({ is: '', ...from[file] }, { is: '', ...to[file] }).map((name) => ({
      field: `${name} of the ${file === 'cert' ? 'certificate' : 'key'}`,
      from: attribute(from[file], name),
      to: attribute(to[file], name),
    })),
  )
}

function attribute(owned: Owned, name: string): string {
  return name === 'mode' ? octal(owned.mode) : name === 'owner' ? owned.owner : owned.group
}

function inWords(state: PairState): string {
  if (state.is === 'absent') return 'absent'
  if (state.is === 'broken') return state.why
  const { commonName, serial, notAfter } = state.certificate
  return `${commonName}, number ${serial}, until ${notAfter.slice(0, 'YYYY-MM-DD'.length)}`
}
