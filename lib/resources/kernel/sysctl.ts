import { basename } from 'node:path/posix'
import { sh } from '../../host/command.ts'
import type { Host, HostReader } from '../../host/host.ts'
import { defineResource, type Reading } from '../../task/kind.ts'
import { NotYet, TaskFailed } from '../../task/outcome.ts'
import {
  assigned,
  kernelPath,
  plainKey,
  plainValue,
  readAssignments,
  type Assignment,
} from './sysctl-files.ts'
import { editSystemFile, readTexts, type Lines } from '../text/text-lines.ts'

export type SysctlArgs = {
  /** As in sysctl.conf: `net.ipv4.ip_forward`. */
  readonly key: string
  /** Several roles may share one. Default: `/etc/sysctl.d/99-troupe.conf`, which comes after `99-sysctl.conf`. */
  readonly file?: string
  /** Where the kernel knows no such setting, nothing is wanted. */
  readonly ifKnown?: boolean
} & (
  | { readonly value: string | number; readonly atLeast?: never }
  /** A number that is higher already stays as it is. */
  | { readonly atLeast: number; readonly value?: never }
)

type Ref = { readonly key: string; readonly file: string }

type Hint = {
  /** Our line as it stands. */
  readonly line?: string
  /** The file stood there with nothing in it, or its last line was not ended. */
  readonly file?: 'empty' | 'not ended'
  /** What sets it otherwise after our file. */
  readonly later?: readonly { readonly path: string; readonly value: string }[]
}

export type SysctlState =
  /** What the kernel does now, and what our file makes it do at boot. */
  | { readonly is: 'setting'; readonly live: string; readonly boot: string | null; readonly hint?: Hint }
  /** The kernel does not know it, as long as a module is not loaded. */
  | { readonly is: 'missing'; readonly boot: string | null; readonly hint?: Hint }

type Wanted = SysctlState & { readonly is: 'setting' }

/** A setting of the kernel, live and for the next boot. A key that resets others, as `ip_forward` does, comes first. */
export const sysctl = defineResource('sysctl', {
  make({ key, value, atLeast, ifKnown = false, file = '/etc/sysctl.d/99-troupe.conf' }: SysctlArgs) {
    if (!/^\w[\w./:@-]*$/.test(key) || /(?:^|[./])(?:[./]|$)/.test(key))
      throw new TypeError(`${JSON.stringify(key)} is no key of a kernel setting.`)
    if (!/^\/etc\/sysctl\.d\/\w[\w.-]*\.conf$/.test(file))
      throw new TypeError(`Kernel settings are read at boot from /etc/sysctl.d/*.conf, not from ${file}.`)
    const text = String(value ?? atLeast)
    if (plainValue(text) === '' || /[\n\r]/.test(text))
      throw new TypeError(`The value of ${key} has to be one line that is not empty.`)
    if (atLeast !== undefined && !Number.isSafeInteger(atLeast))
      throw new TypeError(`${key} can be at least a whole number, not ${atLeast}.`)
    const ref: Ref = { key: plainKey(key), file }
    return {
      key: ref.key,
      ref,
      spec: { ...ref, value: plainValue(text), raises: atLeast !== undefined, ifKnown },
    }
  },

  read: readSettings,

  want(actual: SysctlState, { key, file, value, raises, ifKnown }): SysctlState {
    const fits = (found: string | null) => found === value || (raises && Number(found) > Number(value))
    const later = actual.hint?.later?.filter((other) => !fits(other.value)) ?? []
    if (later.length > 0) throw overruled(key, file, value, later)
    const hint = actual.hint === undefined ? {} : { hint: actual.hint }
    const wanted: Wanted = { is: 'setting', live: value, boot: value, ...hint }
    if (actual.is === 'missing') {
      if (ifKnown) return actual
      throw new NotYet(`The kernel has no setting ${key}: the module that brings it is not loaded.`, wanted)
    }
    const { live, boot } = actual
    if (live === value || !fits(live)) return fits(boot) ? { ...wanted, boot } : wanted
    // Somebody else gives it more, and so has seen to the next boot.
    return { ...wanted, live, boot: boot === null || fits(boot) ? boot : value }
  },

  async apply(host, ref, { to }) {
    if (to.is === 'setting') await setLive(host, ref, to.live)
    await setAtBoot(host, ref, to)
  },

  claim: ({ key, file }) => [`sysctl:${key}`, `path:${file}#${key}`],

  digest: (state) => (state.is === 'setting' ? state.live : state.is),
})

/** All settings in one command, and all files of the boot in another, side by side. */
async function readSettings(
  host: HostReader,
  refs: readonly Ref[],
): Promise<readonly Reading<SysctlState>[]> {
  const files = [...new Set(refs.map(({ file }) => file))]
  const [values, assignments, texts] = await Promise.all([
    liveValues(
      host,
      refs.map(({ key }) => kernelPath(key)),
    ),
    readAssignments(host),
    readTexts(host, files),
  ])
  return refs.map(({ key, file }) => {
    const text = texts[files.indexOf(file)]
    if (text instanceof Error) return text
    const live = values.get(kernelPath(key))
    const ours = text?.lines.findLast((line) => assigned(line)?.key === key)
    const boot = ours === undefined ? null : (assigned(ours)?.value ?? null)
    const hint = hintOf(ours, text, laterThan(file, assignments, key))
    const rest = { boot, ...(Object.keys(hint).length === 0 ? {} : { hint }) }
    return live === undefined ? { is: 'missing', ...rest } : { is: 'setting', live, ...rest }
  })
}

/** By path; one that the kernel does not show is left out. */
async function liveValues(host: HostReader, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await host.query(sh`grep -sH ${''} -- ${paths}`, { ok: [0, 1, 2] })
  const values = new Map<string, string>()
  for (const line of stdout.split('\n').filter((each) => each !== '')) {
    const path = paths.find((each) => line.startsWith(`${each}:`))
    if (path === undefined) continue
    const words = plainValue(line.slice(path.length + 1))
    values.set(path, values.has(path) ? `${values.get(path)} ${words}` : words)
  }
  return values
}

/** The last word on it, where that is spoken after our file. */
function laterThan(
  file: string,
  assignments: readonly Assignment[],
  key: string,
): NonNullable<Hint['later']> {
  const last = assignments.findLast((each) => each.key === key)
  if (last === undefined || basename(last.path) <= basename(file)) return []
  return [{ path: last.path, value: last.value }]
}

function hintOf(line: string | undefined, text: Lines | undefined, later: NonNullable<Hint['later']>): Hint {
  const file = text?.lines.length === 0 ? 'empty' : text?.ended === false ? 'not ended' : undefined
  return {
    ...(line === undefined ? {} : { line }),
    ...(file === undefined ? {} : { file }),
    ...(later.length === 0 ? {} : { later }),
  }
}

/** Some settings take a value without a word and stay as they are, so it is read back. */
async function setLive(host: Host, { key }: Ref, value: string): Promise<void> {
  const path = kernelPath(key)
  const now = async () => (await liveValues(host, [path])).get(path)
  if ((await now()) === value) return
  const { stderr } = await host.exec(sh`tee -- ${path}`, { stdin: value, ok: [0, 1] })
  const taken = await now()
  if (taken === value) return
  throw new TaskFailed(
    `The kernel of ${host.name} does not take ${key} = ${value}: it ${taken === undefined ? 'has no such setting' : `says ${taken}`}.` +
      (stderr === '' ? '' : `\n${stderr.trim()}`),
    {
      advice: `In a container some settings belong to the machine around it: set it there. Else ask for a value that it takes.`,
    },
  )
}

async function setAtBoot(host: Host, { key, file }: Ref, { boot, hint }: SysctlState): Promise<void> {
  const kept = hint?.line !== undefined && assigned(hint.line)?.value === boot ? hint.line : undefined
  await editSystemFile(
    host,
    file,
    ({ lines, ended }) => {
      const index = lines.findLastIndex((line) => assigned(line)?.key === key)
      const now = lines[index]
      if ((now === undefined ? null : assigned(now)?.value) === boot) return { lines, ended }
      if (boot === null) return { lines: lines.toSpliced(index, 1), ended: hint?.file !== 'not ended' }
      const line = kept ?? `${key} = ${boot}`
      return index < 0 ? { lines: [...lines, line], ended: true } : { lines: lines.with(index, line), ended }
    },
    { keepEmpty: hint?.file === 'empty' },
  )
}

function overruled(key: string, file: string, value: string, later: NonNullable<Hint['later']>): TaskFailed {
  const others = later.map((other) => `${other.path} sets it to ${other.value}`).join(', ')
  return new TaskFailed(
    `${key} = ${value} in ${file} would not last: at the next boot ${others}, which is read after it.`,
    { advice: 'Take the line out there, or give a `file` whose name comes later.' },
  )
}
