import { join } from 'node:path'
import type { Secret } from '../secrets/secret.ts'

/** A folder of authorities on the controller, and what closes their keys; without it no key can be used. */
export interface Store {
  readonly folder: string
  readonly passphrase?: Secret | undefined
}

/** One authority in a store. */
export interface AuthorityPlace {
  readonly name: string
  readonly store: Store
}

/** The files of an authority: the one that issues, the one that is to follow it, the one that it follows. */
export type Role = 'now' | 'next' | 'former'

/** Where the certificate and the key of an authority stand. */
export function filesOf({ name, store }: AuthorityPlace, role: Role) {
  const stem = join(store.folder, role === 'now' ? name : `${name}-${role}`)
  return { certificate: `${stem}.crt`, key: `${stem}.key` }
}
