import { Unreachable } from './errors.ts'
import { fingerprint, hashedName, knownName, type KnownKey, KnownHosts, keyType } from './known-hosts.ts'
import { appendLine } from './appending.ts'
import { quoted } from './quoting.ts'

/** What becomes of a host whose key is recorded nowhere; a key that has changed is always refused. */
export type HostKeyChecking = 'yes' | 'accept-new' | 'no'

export interface HostKeyOptions {
  readonly host: string
  readonly port: number
  /** Read in this order; a new key is recorded in the first. */
  readonly knownHostsFiles: readonly string[]
  readonly hostKeyChecking: HostKeyChecking
  /** The name under which its key is known, when that is not its address. */
  readonly hostKeyAlias?: string | undefined
  /** Records new keys so that nobody can read from the file whose they are. */
  readonly hashKnownHosts?: boolean | undefined
  /** What leads to the host, when it is not reached directly. */
  readonly through?: string | undefined
}

const read = new Map<string, Promise<KnownHosts>>()

/** Judges the keys of one host; the files are read once in the life of this process. */
export class HostKeys {
  readonly #options: HostKeyOptions
  readonly #known: KnownHosts

  static async of(asked: HostKeyOptions): Promise<HostKeys> {
    const { hostKeyAlias } = asked
    const options = hostKeyAlias === undefined ? asked : { ...asked, host: hostKeyAlias, port: 22 }
    const files = options.knownHostsFiles.join('\n')
    const known = read.get(files) ?? KnownHosts.read(options.knownHostsFiles)
    read.set(files, known)
    return new HostKeys(options, await known.catch(unusable))
  }

  private constructor(options: HostKeyOptions, known: KnownHosts) {
    this.#options = options
    this.#known = known
  }

  /** The signature algorithms to ask the host for: those of its recorded keys first, so that it shows one of them. */
  algorithms(): string[] {
    const { host, port } = this.#options
    const known = this.#known.types(host, port).flatMap((type) => signatures[type] ?? [])
    return [...new Set([...known, ...Object.values(signatures).flat()])]
  }

  /** Throws `Unreachable` unless the key is the host's; one that may be accepted is recorded. */
  async check(key: Buffer): Promise<void> {
    const { host, port, hostKeyChecking } = this.#options
    const verdict = this.#known.judge(host, port, key)
    if (verdict.is === 'known') return
    if (verdict.is === 'revoked') throw this.#revoked(key, verdict.entry)
    if (verdict.is === 'changed') throw this.#changed(key, verdict.entries)
    if (hostKeyChecking === 'yes') throw this.#unknown(key, verdict.authority)
    if (hostKeyChecking === 'accept-new') await this.#record(key)
  }

  async #record(key: Buffer): Promise<void> {
    const { host, port, knownHostsFiles, hashKnownHosts = false } = this.#options
    const names = hashKnownHosts ? hashedName(knownName(host, port)) : knownName(host, port)
    const type = keyType(key)
    const [file] = knownHostsFiles
    // Known to this process before it stands in the file, so that a second connection does not record it again.
    this.#known.add({ marker: 'key', place: `${file}, recorded by this run`, type, key, names })
    if (file === undefined || file === '/dev/null') return
    await appendLine(file, `${names} ${type} ${key.toString('base64')}`).catch(unusable)
  }

  #revoked(key: Buffer, entry: KnownKey): Unreachable {
    return new Unreachable(
      'hostkey',
      `${this.#title} shows the host key ${shown(key)}, which is revoked in ${entry.place}.`,
      'Do not log in there. Give the host a new key (ssh-keygen -A) if it is yours.',
    )
  }

  #changed(key: Buffer, entries: readonly KnownKey[]): Unreachable {
    const { host, port } = this.#options
    const expected = entries.map((entry) => `${shown(entry.key)} (${entry.place})`).join(' or ')
    const file = entries[0]?.place.replace(/:\d+$|,.*$/, '') ?? '~/.ssh/known_hosts'
    return new Unreachable(
      'hostkey',
      `The host key of ${this.#title} has changed: expected ${expected}, found ${shown(key)}.`,
      'If the host was installed anew, remove the old key: ' +
        `ssh-keygen -f ${quoted(file)} -R ${quoted(knownName(host, port))}. If not, somebody may stand in between.`,
    )
  }

  #unknown(key: Buffer, authority: KnownKey | undefined): Unreachable {
    const { host, port, knownHostsFiles, hostKeyAlias, through } = this.#options
    const files = knownHostsFiles.join(' and ') || 'no file'
    const trusted = authority
      ? ` (${authority.place} trusts it by a certificate authority, which is not supported)`
      : ''
    const [file = '~/.ssh/known_hosts'] = knownHostsFiles
    // What asks for keys can neither jump nor call a host by another name.
    const direct = through === undefined && hostKeyAlias === undefined
    const record = direct
      ? `then record it: ssh-keyscan -p ${port} ${host} >>${file}.`
      : `then log in once by ssh in the same way, and let it record the key in ${file}.`
    return new Unreachable(
      'hostkey',
      `The host key of ${this.#title} is not known: found ${shown(key)}, looked in ${files}${trusted}.`,
      `Compare it with "ssh-keygen -lf /etc/ssh/ssh_host_${fileOf(key)}_key.pub" on the host, ${record} ` +
        `Or accept new hosts: ansible_host_key_checking=accept-new.`,
    )
  }

  get #title(): string {
    return knownName(this.#options.host, this.#options.port)
  }
}

function unusable(error: Error): never {
  throw new Unreachable(
    'hostkey',
    `A known_hosts file, which says whose key is whose, cannot be used: ${error.message}`,
    'Correct its path or its rights; without it no host can be told from another.',
    { cause: error },
  )
}

/** Which signatures prove which type of key; SHA-1 is not among them. */
const signatures: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

function shown(key: Buffer): string {
  return `${fileOf(key).toUpperCase()} ${fingerprint(key)}`
}

function fileOf(key: Buffer): string {
  const type = keyType(key)
  return type.startsWith('ecdsa') ? 'ecdsa' : type.replace(/^ssh-/, '')
}
