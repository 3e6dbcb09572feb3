import { noVault, type Vault } from '../secrets/vault/vault.ts'

/** What a file of variables may take values from, beside itself. */
export interface Sources {
  readonly vault: Vault
  /** Of the controller; absent where `${NAME}` is no reference, as on a command line. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** No password, and no environment. */
export const noSources: Sources = { vault: noVault }
