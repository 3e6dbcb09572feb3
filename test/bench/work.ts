/** One piece of work that every tool does in its own words, on the same hosts. */
export interface Work {
  readonly name: string
  /** Run one after the other, from the same start: the last one finds everything done. */
  readonly runs: readonly [...string[], string]
  readonly tasks: number
  /** In Troupe's words, and in Ansible's; what is one module alone for Ansible, is named. */
  readonly playbooks: { readonly troupe: string; readonly ansible: string | { readonly module: string } }
  /** Variables for Troupe, as name=value. */
  readonly vars?: readonly string[]
  /** The whole of it as one script for a host; it ends by printing `changed=N`. */
  script(host: string, hosts: readonly string[]): string
  /** Run once on each fresh host, as root. */
  readonly prepare: string
  /** Puts a host back to the start, whichever tool was at work. */
  readonly reset: string
  /** Whether a line of a fingerprint tells of what the work touches. */
  touches(line: string): boolean
}

/** The hosts that the work is done on, and what lets one in. */
export interface Site {
  readonly inventoryFile: string
  readonly knownHostsFile: string
  readonly keyFile: string
  readonly hosts: readonly SiteHost[]
  /** How many of them every tool works on side by side. */
  readonly atOnce: number
  /** An empty folder for whatever a tool keeps. */
  readonly folder: string
}

export interface SiteHost {
  readonly name: string
  readonly address: string
  /** Type and base64, as in known_hosts. */
  readonly hostKey: string
}
