import { join } from 'node:path'
import type { Store } from './place.ts'
import { defineVars, int, oneOf, secret, string, type Infer } from '../vars/schema.ts'
import { localPath } from '../vars/local-path.ts'

/** Who issues certificates, and for how long; roles name it in `shared: { pki }`. */
export const pki = defineVars({
  folder: string({
    optional: true,
    doc: 'The folder on the controller that keeps authorities. Left out: `pki` beside the inventory.',
  }),
  passphrase: secret({
    optional: true,
    doc: 'What closes the keys of authorities; nothing is issued without it. Encrypt it, or write ${PKI_PASSPHRASE}.',
  }),
  algorithm: oneOf('ecdsa', 'rsa', {
    default: 'ecdsa',
    doc: 'Of new keys: ECDSA over P-256, or RSA with 2048 bits, an authority with 4096.',
  }),
  authorityDays: int({ default: 3650, min: 1, doc: 'How long a new authority is valid.' }),
  leafDays: int({ default: 365, min: 2, doc: 'How long a new certificate is valid.' }),
  renewDays: int({
    default: 30,
    min: 1,
    doc: 'So many days before its end a certificate is issued anew by whatever run comes along.',
  }),
})

export type Pki = Infer<typeof pki>

/** Where the authorities of a cluster stand. */
export function storeOf(
  { folder, passphrase }: Pick<Pki, 'folder' | 'passphrase'>,
  { inventoryFolder }: { readonly inventoryFolder: string },
): Store {
  return { folder: folder === undefined ? join(inventoryFolder, 'pki') : localPath(folder), passphrase }
}
