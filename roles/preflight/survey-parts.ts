export interface Disk {
  /** Where it is mounted. */
  readonly mount: string
  readonly sizeKb: number
  readonly freeKb: number
  /** In percent; undefined where the file system has no fixed number of them. */
  readonly freeInodes: number | undefined
}

export interface Link {
  readonly device: string
  readonly mac: string
  readonly mtu: number
}

export interface Route {
  /** `default`, a network or an address. */
  readonly to: string
  readonly device: string
}

/** Somebody who listens; who that is only where the host tells. */
export interface Socket {
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
  readonly process: { readonly name: string; readonly pid: number } | undefined
}

export interface ResolvConf {
  /** Nothing but comments and blanks stand there, or it does not exist. */
  readonly empty: boolean
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  /** What systemd-resolved itself asks. */
  readonly upstream: readonly string[]
  /** By server, where it could be tried: whether it answers. */
  readonly answers: ReadonlyMap<string, boolean>
}

/** What `df -P` says in kilobytes, and in inodes, line by line for these paths. */
export function disksIn(
  paths: readonly string[],
  [, ...blocks]: readonly string[],
  [, ...inodes]: readonly string[],
): ReadonlyMap<string, Disk> {
  return new Map(
    paths.flatMap((path, index) => {
      const [, size, , free, , ...mount] = (blocks[index] ?? '').split(/\s+/)
      if (size === undefined) return []
      const [, all = '0', , left = '0'] = (inodes[index] ?? '').split(/\s+/)
      const freeInodes = Number(all) > 0 ? Math.round((Number(left) / Number(all)) * 100) : undefined
      return [[path, { mount: mount.join(' '), sizeKb: Number(size), freeKb: Number(free), freeInodes }]]
    }),
  )
}

/** Reads a line a device, with its hardware address and how large its packets may be; loopback has none. */
export function linksIn(text: string): readonly Link[] {
  return [...text.matchAll(/^(\S+) ([0-9a-f:]+) (\d+)$/gm)]
    .filter(([, , mac]) => mac !== '00:00:00:00:00:00')
    .map(([, device = '', mac = '', mtu]) => ({ device, mac, mtu: Number(mtu) }))
}

/** Reads `ip route`, of either family. */
export function routesIn(text: string): readonly Route[] {
  return [
    ...text.matchAll(
      /^(?:(?:unreachable|blackhole|prohibit) )?([0-9a-f.:/]+|default)\b.*?(?:\bdev (\S+)|$)/gm,
    ),
  ].map(([, to = '', device = '']) => ({ to, device }))
}

/** Reads `ss -Hltunp`, or what netstat prints in its place. */
export function socketsIn(text: string): readonly Socket[] {
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/)
    const [protocol] = /^(?:tcp|udp)/.exec(words[0] ?? '') ?? []
    // ss tells of the state before the queues, netstat after the addresses.
    const local = /^\d+$/.test(words[1] ?? '') ? words[3] : words[4]
    const [, address = '', port] = /^(.*):(\d+)$/.exec(local ?? '') ?? []
    if ((protocol !== 'tcp' && protocol !== 'udp') || port === undefined) return []
    return [
      { protocol, address: address.replace(/^\[|\]$/g, ''), port: Number(port), process: processIn(line) },
    ]
  })
}

function processIn(line: string): Socket['process'] {
  const [, name, pid] = /\(\("([^"]+)",pid=(\d+)/.exec(line) ?? []
  if (name !== undefined) return { name, pid: Number(pid) }
  const [, number, program] = /\s(\d+)\/(\S+)/.exec(line) ?? []
  return program === undefined ? undefined : { name: program, pid: Number(number) }
}

/** Reads resolv.conf, what systemd-resolved asks in its turn, and which of the servers answered. */
export function resolvConfIn(text: string, upstream: string, tried: readonly string[]): ResolvConf {
  const words = text.split('\n').map((line) =>
    line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/),
  )
  const searches =
    words
      .filter(([word]) => word === 'search' || word === 'domain')
      .at(-1)
      ?.slice(1) ?? []
  const answers = tried.map((line) => {
    const [server = '', bytes] = line.split(' ')
    return [server, Number(bytes) > 0] as const
  })
  return {
    empty: words.every(([word = '']) => word === ''),
    servers: serversIn(text),
    searches,
    upstream: serversIn(upstream),
    answers: new Map(answers),
  }
}

function serversIn(text: string): readonly string[] {
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server = '']) => server)
}
