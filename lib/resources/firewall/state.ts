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

export type Family = 'v4' | 'v6'

export type FirewallState =
  | { readonly is: 'no firewall' }
  | FirewalldState
  | UfwState
  /** Rules that neither of the two looks after refuse what they do not name. */
  | { readonly is: 'rules of its own'; readonly open: boolean }
