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

/** Of an authority while it is being replaced: the one that issues, the one that is to follow it, the one before it. */
export type Generation = 'now' | 'next' | 'former'

/** Where the certificate and the key of an authority stand. */
export function filesOf({ name, store }: AuthorityPlace, generation: Generation) {
  const stem = join(store.folder, generation === 'now' ? name : `${name}-${generation}`)
  return { certificate: `${stem}.crt`, key: `${stem}.key` }
}
