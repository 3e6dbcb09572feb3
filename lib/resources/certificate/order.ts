import type { AuthorityPlace } from '../../pki/place.ts'
import { passphraseAdvice } from '../../pki/sealed-key.ts'
import { reveal, Secret } from '../../secrets/secret.ts'
import type { Hash, Host } from '../../host/host.ts'
import type { WantContext } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'

/** Keeps what a change needs of an authority until it is made, as content, for a passphrase is part of it. */
export function keepOrder(
  { name, store }: AuthorityPlace,
  more: object,
  { keep }: Pick<WantContext, 'keep'>,
): Hash {
  const { folder, passphrase } = store
  if (passphrase === undefined) {
    throw new TaskFailed(
      `The key of the authority ${name} in ${folder} is needed, and no passphrase was given.`,
      { advice: passphraseAdvice },
    )
  }
  return keep(JSON.stringify({ ...more, name, folder, passphrase: reveal(passphrase) }))
}

/** The authority of an order that this process kept, and what else was kept with it. */
export async function orderOf<More>(
  host: Host,
  order: Hash,
): Promise<{ readonly place: AuthorityPlace; readonly more: More }> {
  const kept = JSON.parse((await host.bytes(order)).toString()) as Record<string, unknown>
  const { name, folder, passphrase, ...more } = kept
  const store = { folder: String(folder), passphrase: new Secret(String(passphrase), 'pki.passphrase') }
  return { place: { name: String(name), store }, more: more as More }
}
