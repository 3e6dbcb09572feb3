import { readFile } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { reveal, Secret } from '../secrets/secret.ts'
import { DamagedVault, isVaultText, readEnvelope } from '../secrets/vault/envelope.ts'
import { defaultId, VaultIdentity } from '../secrets/vault/identity.ts'
import { closedBy } from '../secrets/vault/vault.ts'
import { belongsTo, type Certificate } from './certificate.ts'
import { filesOf, type AuthorityPlace, type Generation } from './place.ts'

/** What to do where no passphrase was given. */
export const passphraseAdvice =
  'Give pki.passphrase, encrypted with playbooks/vault.ts, or as ${PKI_PASSPHRASE} from the environment.'

/** The text that a key stands in: as ansible-vault closes it, with the passphrase of the store. */
export async function sealedKey(place: AuthorityPlace, key: Secret): Promise<string> {
  return closedBy(identityOf(place), Buffer.from(reveal(key)))
}

/** The private key of an authority; where a certificate is given, it is the one of that. */
export async function openKey(
  place: AuthorityPlace,
  generation: Generation,
  certificate?: Certificate,
): Promise<Secret> {
  const file = filesOf(place, generation).key
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UserError(
      `${file}: expected the private key of ${place.name}, and it cannot be read.`,
      'Put it back from where it is whole; without it nothing can be issued.',
      { cause },
    )
  })
  const plain = await opened(place, file, text)
  if (certificate !== undefined && !belongsTo(plain, certificate)) {
    throw new UserError(
      `${file}: expected the private key of ${filesOf(place, generation).certificate}, found one of another certificate, or none.`,
      'Put back the two that belong together.',
    )
  }
  return new Secret(plain.toString(), file)
}

function identityOf({ name, store }: AuthorityPlace): VaultIdentity {
  if (store.passphrase !== undefined) return new VaultIdentity(defaultId, store.passphrase)
  throw new UserError(
    `The key of the authority ${name} in ${store.folder} cannot be used: no passphrase was given.`,
    passphraseAdvice,
  )
}

async function opened(place: AuthorityPlace, file: string, text: string): Promise<Buffer> {
  const identity = identityOf(place)
  if (!isVaultText(text)) {
    throw new UserError(
      `${file}: expected a key that is closed by ansible-vault, found something else.`,
      'Close it with the passphrase: npx tsx playbooks/vault.ts encrypt FILE.',
    )
  }
  try {
    const plain = await identity.open(readEnvelope(text))
    if (plain !== undefined) return plain
  } catch (cause) {
    if (!(cause instanceof DamagedVault)) throw cause
    throw new UserError(
      `${file}: expected a key that is closed by ansible-vault, but ${cause.message}.`,
      'Put it back from where it is whole.',
      { cause },
    )
  }
  throw new UserError(
    `${file}: the passphrase of the store does not open it.`,
    `${passphraseAdvice} If that was the right one, the file was changed since: put it back from where it is whole.`,
  )
}
