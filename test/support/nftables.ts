import { kernelRules } from './fake-host/nft.ts'
import { FakeHost } from './fake-host.ts'

const unit = '[Service]\nExecStart=/usr/sbin/nft -f FILE\n[Install]\nWantedBy=multi-user.target\n'

/** A table as nft lists it, with a chain that refuses what these rules do not let in. */
export function table(name: string, ...rules: readonly string[]): string {
  const lines = ['type filter hook input priority 0; policy drop;', ...rules].map((line) => `\t\t${line}\n`)
  return `table ${name} {\n\tchain input {\n${lines.join('')}\t}\n}\n`
}

/** What the host's own rules are; in the kernel, what is in the file unless it is said. */
interface Rules {
  readonly kernel?: string
  readonly text: string
  readonly file?: string
  readonly enabled?: boolean
  readonly running?: boolean
}

/** A host whose own rules are those of nftables.service. */
export function withNftables({
  text,
  kernel = text,
  file = '/etc/nftables.conf',
  enabled = true,
  running = true,
}: Rules): FakeHost {
  const host = new FakeHost('a')
  host.systemd.unitFiles.add('nftables.service', unit.replace('FILE', file))
  host.systemd.define('nftables.service', { enabled, running })
  host.files.write(file, text)
  host.files.write(kernelRules, kernel)
  return host
}
