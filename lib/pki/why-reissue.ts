import type { Certificate, Particulars } from './certificate.ts'
import { dayMs, type Wanted } from './issue.ts'

/** Why a certificate does not do as it stands, in words; none where it does. */
export function whyReissue(
  found: Particulars,
  wanted: Wanted,
  authority: Pick<Certificate, 'keyId' | 'commonName' | 'notAfter'>,
  now: Date,
): readonly string[] {
  return [
    ...otherName(found, wanted),
    ...otherSet('organization', found.organizations, wanted.organizations),
    ...otherSet('name', found.dns, wanted.dns),
    ...otherSet('address', found.addresses, wanted.addresses),
    ...otherSet('usage', found.usages, wanted.usages),
    ...(found.algorithm === wanted.algorithm ? [] : [`it is ${found.algorithm}, not ${wanted.algorithm}`]),
    ...(found.issuerKey === authority.keyId ? [] : [`it was not issued by ${authority.commonName} of now`]),
    ...otherTime(found, wanted, authority, now),
  ]
}

/** How many whole days a certificate still has; less than none, where it has ended. */
export function daysLeft({ notAfter }: Pick<Particulars, 'notAfter'>, now: Date): number {
  return Math.floor((Date.parse(notAfter) - now.getTime()) / dayMs)
}

function otherName({ commonName }: Particulars, wanted: Wanted): readonly string[] {
  return commonName === wanted.commonName ? [] : [`it is of ${commonName}, not of ${wanted.commonName}`]
}

function otherSet(what: string, found: readonly string[], wanted: readonly string[]): readonly string[] {
  const missing = [...new Set(wanted)].filter((each) => !found.includes(each))
  const extra = found.filter((each) => !wanted.includes(each))
  return [
    ...missing.map((each) => `the ${what} ${each} is missing`),
    ...extra.map((each) => `the ${what} ${each} is one too many`),
  ]
}

function otherTime(
  found: Particulars,
  { renewDays }: Wanted,
  authority: Pick<Certificate, 'notAfter'>,
  now: Date,
): readonly string[] {
  if (Date.parse(found.notBefore) > now.getTime()) return [`it is not valid before ${found.notBefore}`]
  const left = daysLeft(found, now)
  if (left < 0) return [`it has ended on ${found.notAfter}`]
  // Issued anew it would end no later.
  if (Date.parse(found.notAfter) >= Date.parse(authority.notAfter)) return []
  return left < renewDays ? [left === 1 ? '1 day left' : `${left} days left`] : []
}
