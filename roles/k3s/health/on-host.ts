import { quote } from '../../../lib/host/command.ts'
import { defineFact, type Fact } from '../../../lib/host/fact.ts'
import type { Part, Product } from '../product.ts'

/** What a node says of itself, whether or not the cluster answers. */
export interface HostHealth {
  /** As systemd has it: active, inactive, failed, activating. */
  readonly service: string
  /** Of the file system that holds the data; undefined where there are none. */
  readonly freePercent: number | undefined
  readonly certificates: readonly Certificate[]
}

export interface Certificate {
  /** Below the data folder. */
  readonly file: string
  /** By the clock of the host; negative when it is over, undefined where the file cannot be read. */
  readonly daysLeft: number | undefined
}

/** Where openssl is missing, the program itself is asked. What it makes anew at every start is left out. */
const script = (product: Product, part: Part, dataDir: string) => {
  const data = quote(dataDir)
  return `echo "service $(systemctl is-active ${product.units[part]} 2> /dev/null)"
echo "now $(date +%s)"
if [ -d ${data} ]; then
  df -P ${data} | sed -n '2s/^/disk /p'
  if command -v openssl > /dev/null; then
    cd ${data} && for file in server/tls/*.crt server/tls/etcd/*.crt server/tls/kube-*/*.crt agent/*.crt; do
      if [ -f "$file" ]; then echo "certificate $file $(openssl x509 -noout -enddate -in "$file")"; fi
    done
  elif [ -x ${product.program} ]; then
    echo "certificates $(${product.program} certificate check --data-dir ${data} --output json | tr -d '\\n')"
  fi
fi`
}

/** Asks a node for all of it, in one round trip. */
export function hostHealth(product: Product, part: Part, dataDir: string): Fact<HostHealth> {
  return defineFact(`the health of the ${part} of ${product.name} in ${dataDir}`, async (host) => {
    const { stdout } = await host.query({ text: script(product, part, dataDir) }, { timeoutMs: 30_000 })
    return parseHostHealth(stdout)
  })
}

export function parseHostHealth(text: string): HostHealth {
  const lines = text.split('\n')
  const all = (word: string) =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []))
  const now = Number(all('now')[0]) * 1000
  const [told] = all('certificates')
  return {
    service: all('service')[0] ?? 'unknown',
    freePercent: freePercent(all('disk')[0]),
    certificates:
      told === undefined ? all('certificate').map((line) => byOpenssl(line, now)) : byProgram(told, now),
  }
}

/** Of what anybody but root may fill. */
function freePercent(line: string | undefined): number | undefined {
  const [, used, free] = /\s\d+\s+(\d+)\s+(\d+)\s+\d+%/.exec(line ?? '') ?? []
  if (used === undefined || free === undefined) return undefined
  return Math.floor((Number(free) / (Number(used) + Number(free))) * 100)
}

function byOpenssl(line: string, now: number): Certificate {
  const [file = '', ...rest] = line.split(' ')
  return { file, daysLeft: daysUntil(rest.join(' ').replace(/^notAfter=/, ''), now) }
}

interface Told {
  readonly Certificates: readonly { readonly Filename: string; readonly ExpiryTime: string }[]
}

function byProgram(json: string, now: number): readonly Certificate[] {
  return (JSON.parse(json) as Told).Certificates.map(({ Filename: file, ExpiryTime }) => {
    return { file, daysLeft: daysUntil(ExpiryTime, now) }
  })
}

function daysUntil(end: string, now: number): number | undefined {
  const days = Math.floor((Date.parse(end) - now) / 86_400_000)
  return Number.isNaN(days) ? undefined : days
}
