import { quote, sh } from '../../host/command.ts'
import { CommandFailed, type Hash, type Host } from '../../host/host.ts'
import { systemFolder } from '../../host/root-owned.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { editFstab, entryIn, fstab, lineOf } from './fstab.ts'
import { mountsBelow, readMounts, type MountRef, type MountState } from './state.ts'
import { placeFor, readTexts, withLines, withoutLines } from '../text/text-lines.ts'

/** The kernel keeps what is said of access times unless another word is spoken on them. */
const opposites: Readonly<Record<string, string>> = {
  ro: 'rw',
  nosuid: 'suid',
  nodev: 'dev',
  noexec: 'exec',
  noatime: 'relatime',
  nodiratime: 'diratime',
  nosymfollow: 'symfollow',
}

/** Brings a mount to a state; what was done already is seen anew, and left. */
export async function moveMount(host: Host, ref: MountRef, to: MountState): Promise<void> {
  const { path } = ref
  const [now] = await readMounts(host, [ref])
  if (now === undefined || now instanceof Error) throw now ?? new Error(`${path} was not read.`)
  if (to.mounted === 'no' && now.mounted !== 'no') await unmount(host, path)
  await setLine(host, path, to)
  if (to.folder && !now.folder) await host.makeDirectory(path, systemFolder)
  if (to.mounted === 'yes' && now.mounted === 'no') await mountIt(host, path, to)
  if (to.mounted === 'yes') await setFlags(host, ref, to)
  if (!to.folder && now.folder) await host.remove(path)
}

/** As fstab says; what was mounted by hand is mounted by hand again. */
async function mountIt(host: Host, path: string, { fstab: line, hint }: MountState): Promise<void> {
  const { live } = hint ?? {}
  const how =
    line !== null || live === undefined
      ? sh`mount -- ${path}`
      : sh`mount -t ${live.type} -o ${live.options} -- ${live.source} ${path}`
  await host.exec(how, { job: `mount:${path}` })
}

async function setFlags(host: Host, ref: MountRef, { flags }: MountState): Promise<void> {
  const [now] = await readMounts(host, [ref])
  if (now === undefined || now instanceof Error || String(now.flags) === String(flags)) return
  const gone = now.flags.filter((flag) => !flags.includes(flag)).map((flag) => opposites[flag] ?? flag)
  const anew = ref.bind ? ['remount', 'bind'] : ['remount']
  await host.exec(sh`mount -o ${[...anew, ...gone, ...flags].join(',')} -- ${ref.path}`)
}

/** The line of the path alone is touched; what it was before is kept, and comes back as it stood. */
async function setLine(host: Host, path: string, { fstab: wanted, hint }: MountState): Promise<void> {
  const [text] = await readTexts(host, [fstab])
  const old = text instanceof Error ? undefined : text?.lines.find((line) => entryIn(line)?.path === path)
  if ((old === undefined ? null : spoken(host, old)) === wanted) return
  if (old !== undefined) await host.preserve(host.keep(old), { bytes: Buffer.from(old) })
  const line = wanted === null ? [] : [await textFor(host, wanted, hint?.line)]
  await editFstab(
    host,
    (file) => {
      const at = file.lines.findIndex((each) => entryIn(each)?.path === path)
      if (at >= 0 && line.length > 0) return { ...file, lines: file.lines.toSpliced(at, 1, ...line) }
      if (at >= 0) return withoutLines(file, at, 1, hint?.at ?? hint?.end)
      const place =
        hint?.at === undefined ? file.lines.length : placeFor(file.lines, hint.at, (each) => host.keep(each))
      return withLines(file, place, line, hint?.at)
    },
    { keepEmpty: hint?.noFstab !== true },
  )
}

/** The line as it stood, where it says what is wanted. */
async function textFor(host: Host, wanted: Hash, before: Hash | undefined): Promise<string> {
  const text = before === undefined ? undefined : (await host.bytes(before)).toString()
  return text !== undefined && spoken(host, text) === wanted ? text : (await host.bytes(wanted)).toString()
}

function spoken(host: Host, line: string): Hash | undefined {
  const entry = entryIn(line)
  return entry === undefined ? undefined : host.keep(lineOf(entry))
}

/** @throws with what holds it, where it is busy */
async function unmount(host: Host, path: string): Promise<void> {
  try {
    await host.exec(sh`umount -- ${path}`)
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    const [below, processes] = await Promise.all([mountsBelow(host, path), processesIn(host, path)])
    const holders = [...below.map((each) => `the mount ${each}`), ...processes]
    const who = holders.length === 0 ? 'nobody that can be seen' : holders.join(', ')
    throw new TaskFailed(
      `${path} cannot be unmounted on ${host.name}: it is held by ${who}.\n${error.answer.stderr.trim()}`,
      { advice: 'Stop what holds it, and go on.', cause: error },
    )
  }
}

/** Those that work there, or have something open there. */
async function processesIn(host: Host, path: string): Promise<readonly string[]> {
  const places = ['cwd', 'root', 'exe', 'fd'].map((each) => `/proc/[0-9]*/${each}`).join(' ')
  const there = `\\( -lname ${quote(path)} -o -lname ${quote(`${path}/*`)} \\)`
  const { stdout } = await host.query({ text: `find ${places} -maxdepth 1 ${there}` }, { ok: [0, 1] })
  const found = [...stdout.matchAll(/^\/proc\/(?<pid>\d+)\//gm)].map(({ groups }) => groups?.['pid'] ?? '')
  const pids = [...new Set(found)]
  const names = await host.readFiles(pids.map((pid) => `/proc/${pid}/comm`))
  return pids.map((pid, index) => `${names[index]?.toString().trim() ?? 'a process'} (${pid})`)
}
