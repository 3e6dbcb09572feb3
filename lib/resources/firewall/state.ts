/** What a port is, whom it is open to, and where: all that is needed to look and to go back. */
export type FirewallRef = {
  /** Ports and ranges: `6443`, `30000-32767`. */
  readonly ports: readonly string[]
  readonly protocol: 'tcp' | 'udp'
  readonly from: { readonly text: string; readonly family: 'ipv4' | 'ipv6' } | null
  /** A zone of firewalld; null for the one that is its default. */
  readonly zone: string | null
}

export type FirewalldState = {
  readonly is: 'firewalld'
  readonly zone: string
  /** Those of the ports that are open now, and after the next start. */
  readonly runtime: readonly string[]
  readonly permanent: readonly string[]
  /** Ports of others inside of those that are closed: firewalld joins them, so that closing takes them along. */
  readonly hint?: { readonly runtime: readonly string[]; readonly permanent: readonly string[] }
}

export type UfwState = {
  readonly is: 'ufw'
  /** What it does with each of the ports that it has a rule for: `{ '6443 v4': 'allow' }`. */
  readonly rules: Readonly<Record<string, string>>
  /** For which kinds of address it has rules. */
  readonly families: readonly Family[]
  /** Where each of them stands: the first rule that fits counts. */
  readonly hint?: Readonly<Record<string, number>>
}

export type NftablesState = {
  readonly is: 'nftables'
  /** What nftables.service loads. */
  readonly file: string
  /** Each chain of it that all that comes in has to pass, and that refuses what it does not name. */
  readonly chains: readonly string[]
  /** Where rules of ours let a port in, now and after the next load: `6443 in inet filter input`. */
  readonly runtime: readonly string[]
  readonly permanent: readonly string[]
  /** Where somebody else's do, and whether the file ends with a newline. */
  readonly hint?: {
    readonly runtime: readonly string[]
    readonly permanent: readonly string[]
    readonly ended: boolean
  }
}

export type Family = 'v4' | 'v6'

export type FirewallState =
  | { readonly is: 'no firewall' }
  | FirewalldState
  | UfwState
  | NftablesState
  /** Rules that none of the three looks after refuse what they do not name; the hint is where they stand. */
  | { readonly is: 'rules of its own'; readonly open: boolean; readonly hint?: string }
