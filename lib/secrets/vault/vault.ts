import { UserError } from '../../errors.ts'
import { originText, type Origin } from '../../inventory/located.ts'
import { DamagedVault, envelopeText, readEnvelope, type Envelope } from './envelope.ts'
import type { VaultIdentity } from './identity.ts'

const howToGive = 'Give it with --vault-password-file FILE, --vault-id ID@FILE or --ask-vault-pass.'

/** What stood in a text, and the password that said so. */
export interface Opened {
  readonly plain: Buffer
  readonly identity: VaultIdentity
}

/** What opens and closes texts as ansible-vault does, with all passwords that were given. */
export class Vault {
  readonly identities: readonly VaultIdentity[]

  constructor(identities: readonly VaultIdentity[]) {
    this.identities = identities
  }

  /** What was encrypted; where no password opens it, or the text is none of ansible-vault, that is told with its place. */
  async open(text: string, origin: Origin): Promise<Buffer> {
    return (await this.openBy(text, origin)).plain
  }

  /** The same, with the password that opened it. */
  async openBy(text: string, origin: Origin): Promise<Opened> {
    const where = originText(origin)
    try {
      const envelope = readEnvelope(text)
      if (this.identities.length === 0) throw noPassword(where, envelope)
      for (const identity of this.#likelyFirst(envelope)) {
        const plain = await identity.open(envelope)
        if (plain !== undefined) return { plain, identity }
      }
      throw this.#wrongPassword(where, envelope)
    } catch (cause) {
      if (!(cause instanceof DamagedVault)) throw cause
      throw new UserError(
        `${where}: expected what ansible-vault has written, but ${cause.message}.`,
        'Take the text once more from where it is whole, or encrypt it anew.',
        { cause },
      )
    }
  }

  /** The text that ansible-vault would write: with the password of that id, or with the only one that there is. */
  async close(plain: Buffer, id?: string): Promise<string> {
    return closedBy(this.closing(id), plain)
  }

  /** Whose name the envelope bears; as in Ansible all others are tried as well. */
  #likelyFirst({ id }: Envelope): readonly VaultIdentity[] {
    const named = this.identities.filter((identity) => identity.id === id)
    return [...named, ...this.identities.filter((identity) => !named.includes(identity))]
  }

  /** The password to encrypt with: that of this name, or the only one. */
  closing(id?: string): VaultIdentity {
    const ids = [...new Set(this.identities.map((identity) => identity.id))]
    const [only] = this.identities
    if (only === undefined) throw new UserError('Expected a vault password, and none was given.', howToGive)
    if (id === undefined && ids.length === 1) return only
    const chosen = this.identities.find((identity) => identity.id === id)
    if (chosen !== undefined) return chosen
    const asked = id === undefined ? 'one password to encrypt with' : `a password with the id "${id}"`
    throw new UserError(
      `Expected ${asked}, found ${ids.map((one) => `"${one}"`).join(', ')}.`,
      `Name one of them with --encrypt-vault-id.`,
    )
  }

  #wrongPassword(where: string, { id }: Envelope): UserError {
    const tried = this.identities.map((identity) => `"${identity.id}"`).join(', ')
    const wanted = id === undefined ? '' : ` It was encrypted with "${id}".`
    return new UserError(
      `${where}: no vault password opens it; tried: ${tried}.${wanted}`,
      `${howToGive} If that was the right one, the text was changed since: take it from where it is whole.`,
    )
  }
}

/** The text that ansible-vault would write with this password. */
export async function closedBy(identity: VaultIdentity, plain: Buffer): Promise<string> {
  return envelopeText(await identity.seal(plain))
}

/** For who was given no password: whatever is encrypted asks for one. */
export const noVault = new Vault([])

function noPassword(where: string, { id }: Envelope): UserError {
  const named = id === undefined ? '' : ` with the password "${id}"`
  return new UserError(
    `${where}: it is encrypted by ansible-vault${named}, and no password was given.`,
    howToGive,
  )
}
