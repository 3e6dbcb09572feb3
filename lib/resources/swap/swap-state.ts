import { noProgram, sh } from '../../host/command.ts'
import type { Hash, HostReader } from '../../host/host.ts'
import type { Reading } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { entryIn, fstab, plain } from '../mount/fstab.ts'
import { readTexts } from '../text/text-lines.ts'

/** What the host swaps to, now and by all that turns it on at boot. */
export type SwapState = {
  readonly is: 'swap'
  /** Devices and files that are on; a priority below zero is one that the kernel chose. */
  readonly live: readonly { readonly path: string; readonly priority: number }[]
  /** The sources of the lines in fstab. */
  readonly fstab: readonly string[]
  /** Units that turn it on, as systemd has them: `generated`, `enabled`, `masked` … */
  readonly units: Readonly<Record<string, string>>
  /** The file of the host's own for the generator of compressed memory. */
  readonly zram: Hash | null
  /** Where the generator has any file. */
  readonly hint?: { readonly generator: true }
}

export const zramFile = '/etc/systemd/zram-generator.conf'
const zramFiles = [
  zramFile,
  '/usr/local/lib/systemd/zram-generator.conf',
  '/usr/lib/systemd/zram-generator.conf',
]
/** Services that make swap of memory: of Debian, of Ubuntu, and of Fedora before it had the generator. */
export const zramServices = ['zramswap.service', 'zram-config.service', 'zram-swap.service']
const chosenByKernel = -1

/** All there is to know, in one round trip. */
export async function readSwap(host: HostReader): Promise<Reading<SwapState>> {
  const units = ['*.swap', ...zramServices]
  const [[swaps], [text], stats, listed] = await Promise.all([
    host.readFiles(['/proc/swaps']),
    readTexts(host, [fstab]),
    host.stat(zramFiles),
    host.query(sh`systemctl list-unit-files --no-legend --no-pager ${units}`, { ok: [0, 1, noProgram] }),
  ])
  if (text instanceof Error) return text
  if (swaps === undefined)
    return new TaskFailed(`${host.name} shows no /proc/swaps, so nothing is known of its swap.`)
  const lines = text?.lines ?? []
  const [own] = stats
  return {
    is: 'swap',
    live: swapsIn(swaps.toString()),
    fstab: lines.flatMap((line) => {
      const entry = entryIn(line)
      return entry?.type === 'swap' ? [entry.source] : []
    }),
    units: unitsIn(listed.stdout),
    zram: own?.type === 'file' ? own.hash : null,
    ...(stats.some(({ type }) => type !== 'absent') ? { hint: { generator: true as const } } : {}),
  }
}

/** What is on, as `/proc/swaps` has it. */
export function swapsIn(text: string): SwapState['live'] {
  const lines = text.split('\n').slice(1)
  return lines.flatMap((line) => {
    const [path = '', , , , priority] = line.split(/\s+/)
    return path === '' ? [] : [{ path: plain(path), priority: Math.max(Number(priority), chosenByKernel) }]
  })
}

/** Other names of a unit go with it. */
function unitsIn(text: string): SwapState['units'] {
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/))
  const found = rows.filter(([name = '', state = '']) => name !== '' && state !== '' && state !== 'alias')
  return Object.fromEntries(found.map(([name = '', state = '']) => [name, state]))
}
