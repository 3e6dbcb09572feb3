import { sh } from '../../host/command.ts'
import type { Host, HostReader } from '../../host/host.ts'
import { temporaryBeside } from '../../host/paths.ts'
import { defineResource, type Change, type Reading } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { editFstab, entryIn, fstab, lineOf } from '../mount/fstab.ts'
import { checkPath } from '../files/place.ts'
import { swapsIn } from './swap-state.ts'
import { readTexts, withLines, withoutLines, type Ending } from '../text/text-lines.ts'

type Ref = { readonly file: string }

type Hint = { readonly noFstab?: true; readonly end?: Ending }

export type SwapFileState =
  | {
      readonly is: 'swap file'
      readonly sizeMb: number
      readonly live: boolean
      readonly boot: boolean
      readonly hint?: Hint
    }
  | { readonly is: 'absent'; readonly hint?: Hint }
  /** A file, but none to swap to. */
  | { readonly is: 'other' }

const megabyte = 1024 * 1024
/** Some of the files are not there, or are nothing that is known. */
const maybe = { ok: [0, 1, 2] }

/** A file of that size that is swapped to, now and at boot. */
export const swapFile = defineResource('swapFile', {
  make({ file, sizeMb }: { readonly file: string; readonly sizeMb: number }) {
    if (!Number.isInteger(sizeMb) || sizeMb < 1)
      throw new TypeError(`The size of ${file} has to be a whole number of megabytes.`)
    return { key: checkPath(file), ref: { file }, spec: { file, sizeMb } }
  },

  read: readSwapFiles,

  want(actual: SwapFileState, { file, sizeMb }): SwapFileState {
    if (actual.is !== 'other') return { ...actual, is: 'swap file', sizeMb, live: true, boot: true }
    throw new TaskFailed(`At ${file} there is a file that is no swap.`, {
      advice: 'Nothing was overwritten: move it away, or give another path.',
    })
  },

  apply: moveSwapFile,

  claim: ({ file }) => [`swap#${file}`, `path:${file}`, `path:${fstab}#${file}`],
})

/** All files in one round trip; none of them is read as a whole. */
async function readSwapFiles(
  host: HostReader,
  refs: readonly Ref[],
): Promise<readonly Reading<SwapFileState>[]> {
  const files = refs.map(({ file }) => file)
  const [sizes, types, [swaps], [text]] = await Promise.all([
    host.query(sh`stat -c ${'%s %n'} -- ${files}`, maybe),
    host.query(sh`blkid -p -s TYPE -- ${files}`, maybe),
    host.readFiles(['/proc/swaps']),
    readTexts(host, [fstab]),
  ])
  if (text instanceof Error) return refs.map(() => text)
  const live = swapsIn(swaps?.toString() ?? '').map(({ path }) => path)
  const hint: { hint?: Hint } =
    text === undefined ? { hint: { noFstab: true } } : text.ended ? {} : { hint: { end: { ended: false } } }
  return files.map((file) => {
    const size = sizes.stdout.split('\n').find((line) => line.endsWith(` ${file}`))
    if (size === undefined) return { is: 'absent', ...hint }
    if (!types.stdout.includes(`${file}: TYPE="swap"`)) return { is: 'other' }
    const boot = text?.lines.some((line) => isFor(file, line)) ?? false
    const sizeMb = Math.floor(Number.parseInt(size, 10) / megabyte)
    return { is: 'swap file', sizeMb, live: live.includes(file), boot, ...hint }
  })
}

/** It takes its place only when it is whole, so that what stands there is always swap. */
async function moveSwapFile(host: Host, { file }: Ref, { to }: Change<SwapFileState>): Promise<void> {
  if (to.is === 'other') return
  const [seen] = await readSwapFiles(host, [{ file }])
  if (seen === undefined || seen instanceof Error) throw seen ?? new Error(`${file} was not read.`)
  const now = seen.is === 'swap file' ? seen : { sizeMb: 0, live: false }
  const wanted = to.is === 'swap file' ? to : { sizeMb: 0, live: false, boot: false }
  if (now.live && (!wanted.live || now.sizeMb !== wanted.sizeMb))
    await host.exec(sh`swapoff -- ${file}`, { job: `swap:${file}` })
  await setLine(host, file, wanted.boot, to.hint)
  const beside = temporaryBeside(file)
  const begun = await host.query(sh`test -e ${beside}`, { ok: [0, 1] })
  // Who was killed in the midst of it has left a part.
  if (begun.code === 0) await host.exec(sh`rm -f -- ${beside}`)
  if (wanted.sizeMb === 0) await host.exec(sh`rm -f -- ${file}`)
  else if (now.sizeMb !== wanted.sizeMb) {
    // Written out to the last byte: a file with holes is refused.
    const fill = sh`dd if=/dev/zero of=${beside} bs=1M count=${wanted.sizeMb}`
    const make = sh`${fill} && chmod 600 ${beside} && mkswap ${beside} && mv -f -- ${beside} ${file}`
    await host.exec(make, { job: `swap:${file}` })
  }
  if (wanted.live && (!now.live || now.sizeMb !== wanted.sizeMb)) await host.exec(sh`swapon -- ${file}`)
}

async function setLine(host: Host, file: string, wanted: boolean, hint: Hint | undefined): Promise<void> {
  const line = lineOf({ source: file, path: 'none', type: 'swap', options: 'sw', dump: 0, pass: 0 })
  await editFstab(
    host,
    (text) => {
      const at = text.lines.findIndex((each) => isFor(file, each))
      if (wanted === at >= 0) return text
      return wanted ? withLines(text, text.lines.length, [line]) : withoutLines(text, at, 1, hint?.end)
    },
    { keepEmpty: hint?.noFstab !== true },
  )
}

function isFor(file: string, line: string): boolean {
  const entry = entryIn(line)
  return entry?.type === 'swap' && entry.source === file
}
