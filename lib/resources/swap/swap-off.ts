import { sh } from '../../host/command.ts'
import type { Host } from '../../host/host.ts'
import { defineResource, type Change, type WantContext } from '../../task/kind.ts'
import { putFile } from '../files/put-file.ts'
import { editFstab, entryIn } from '../mount/fstab.ts'
import { readSwap, zramFile, zramServices, type SwapState } from './swap-state.ts'

/** With what swapon ends where there is nothing to swap to. */
const swaponFailed = 255
const mark = '# off by troupe: '

/** No swap, now nor at boot: lines of fstab are commented, units masked or disabled, and the zram generator told. */
export const swapOff = defineResource('swap', {
  make: (args: { readonly state: 'off' }) => ({ key: args.state, ref: {}, spec: args }),

  async read(host, refs: readonly object[]) {
    const state = await readSwap(host)
    return refs.map(() => state)
  },

  want(actual: SwapState, _, context: WantContext): SwapState {
    const units = Object.entries(actual.units).map(([name, state]) => [name, offAs(state)])
    const zram =
      actual.hint?.generator === true
        ? context.keep('# Nothing stands here, so that no swap is made.\n')
        : null
    return { ...actual, live: [], fstab: [], units: Object.fromEntries(units) as SwapState['units'], zram }
  },

  apply: moveSwap,

  claim: () => ['swap'],
})

async function moveSwap(host: Host, _: unknown, { to }: Change<SwapState>): Promise<void> {
  const now = await readSwap(host)
  if (now instanceof Error) throw now
  // What is masked stays known when its line is gone, so that comes first.
  await setUnits(host, now, to)
  await putFile(host, zramFile, { from: now.zram, to: to.zram })
  await setLines(host, to)
  const going = now.live.filter(({ path }) => !to.live.some((each) => each.path === path))
  const paths = going.map(({ path }) => path)
  if (paths.length > 0) await host.exec(sh`swapoff -- ${paths}`, { job: 'swap:off' })
  const coming = to.live.filter((each) => !now.live.some(({ path }) => path === each.path))
  for (const each of coming) await turnOn(host, each, to)
}

/** Compressed memory is gone with a boot: there, what makes it has to make it again. */
async function turnOn(
  host: Host,
  { path, priority }: SwapState['live'][number],
  to: SwapState,
): Promise<void> {
  const swapon = sh`swapon ${priority < 0 ? [] : ['-p', priority]} -- ${path}`
  const makers = path.startsWith('/dev/zram') ? makersOf(path, to) : []
  const { code } = await host.exec(swapon, { ok: makers.length === 0 ? [0] : [0, swaponFailed] })
  if (code !== 0) await host.exec(sh`systemctl daemon-reload && systemctl start -- ${makers}`)
}

/** The units that bring a device of compressed memory: its own, which the generator makes, or a service. */
function makersOf(path: string, { units }: SwapState): readonly string[] {
  const own = `${path.slice(1).replaceAll('/', '-')}.swap`
  return [own, ...zramServices].filter((name) => ['generated', 'enabled'].includes(units[name] ?? ''))
}

/** One with a place in the boot loses it; what a generator makes, or others pull in, can only be masked. */
function offAs(state: string): string {
  if (['masked', 'masked-runtime', 'disabled'].includes(state)) return state
  return state === 'enabled' || state === 'linked' ? 'disabled' : 'masked'
}

async function setUnits(host: Host, now: SwapState, to: SwapState): Promise<void> {
  const verbs = new Map<string, string[]>()
  for (const [name, wanted] of Object.entries(to.units)) {
    const verb = verbFor(now.units[name], wanted)
    if (verb !== undefined) verbs.set(verb, [...(verbs.get(verb) ?? []), name])
  }
  for (const [verb, names] of verbs) await host.exec(sh`systemctl ${verb} -- ${names}`)
}

function verbFor(now: string | undefined, wanted: string): string | undefined {
  if (now === wanted || now === undefined) return undefined
  if (wanted === 'masked') return 'mask'
  if (wanted === 'disabled') return 'disable'
  if (now === 'masked') return 'unmask'
  return wanted === 'enabled' ? 'enable' : undefined
}

/** Lines are commented, not taken out: they come back where they stood. */
async function setLines(host: Host, to: SwapState): Promise<void> {
  await editFstab(host, (file) => ({ ...file, lines: file.lines.map((line) => lineFor(line, to.fstab)) }), {
    keepEmpty: true,
  })
}

function lineFor(line: string, wanted: readonly string[]): string {
  const marked = line.startsWith(mark)
  const entry = entryIn(marked ? line.slice(mark.length) : line)
  if (entry?.type !== 'swap' || wanted.includes(entry.source) !== marked) return line
  return marked ? line.slice(mark.length) : `${mark}${line}`
}
