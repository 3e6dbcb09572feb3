/** One piece of work that every tool does in its own words. */
export interface Work {
  readonly name: string
  /** One after the other, from the same start. */
  readonly runs: readonly [string, ...string[]]
  /** Where a round takes others many minutes. */
  readonly atMostRounds?: number
  /** How each tool is told to do it; a tool without words for it is left out. */
  ways(run: string): Ways
  /** Absent where no host is touched. */
  readonly on?: OnHosts
  /** The inventory of a work that touches no host. */
  readonly inventory?: string
}

export interface Ways {
  /** A playbook and its arguments. */
  readonly troupe?: readonly string[]
  /** The same with `npx tsx`, which is shown apart. */
  readonly npx?: readonly string[]
  /** A program of Ansible and its arguments. */
  readonly ansible?: readonly string[]
  /** What stands behind the inventory: a deploy, or facts. */
  readonly pyinfra?: readonly string[]
  /** The whole of it as a script for a host; it ends by printing `changed=N`, or `send` to be sent the payload. */
  readonly script?: (host: string, hosts: readonly string[]) => string
  /** A folder whose content goes to the root of a host. */
  readonly payload?: string
  /** What Node is started with where the least that can be is no script. */
  readonly node?: readonly string[]
}

export interface OnHosts {
  /** On how many it is done, one number after the other. */
  readonly counts: readonly number[]
  /** Run once on each fresh host, as root. */
  readonly prepare: string
  /** Puts a host back to the start, whichever tool was at work. */
  readonly reset: string
  /** Whether a line of a fingerprint tells of what the work touches. */
  touches(line: string): boolean
  /** The run after which nothing is left to do, as every tool has to say. */
  readonly settled?: string
  /** So long does a byte take each way. */
  readonly delayMs?: number
}

/** The hosts that the work is done on, and what lets one in. */
export interface Site {
  readonly inventoryFile: string
  readonly knownHostsFile: string
  readonly keyFile: string
  readonly hosts: readonly SiteHost[]
  /** An empty folder for whatever a tool keeps. */
  readonly folder: string
}

export interface SiteHost {
  readonly name: string
  readonly address: string
  /** Type and base64, as in known_hosts. */
  readonly hostKey: string
}
