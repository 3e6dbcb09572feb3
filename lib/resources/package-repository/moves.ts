import { dirname } from 'node:path/posix'
import { sh } from '../../host/command.ts'
import { CommandFailed, type Host } from '../../host/host.ts'
import { systemFolder } from '../../host/root-owned.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { putFile } from '../files/put-file.ts'
import type { Elsewhere } from './apt-sources.ts'
import {
  listsFolder,
  listsNow,
  pathsOf,
  pinFile,
  readRepositories,
  type RepositoryRef,
  type RepositoryState,
} from './state.ts'
import { editFile } from '../text/text-lines.ts'

/** Brings a repository to a state; what was done already is seen anew, and left. */
export async function moveRepository(host: Host, ref: RepositoryRef, to: RepositoryState): Promise<void> {
  const [now] = await readRepositories(host, [ref])
  if (now === undefined || now instanceof Error) throw now ?? new Error(`${ref.name} was not read.`)
  const paths = { ...pathsOf(now.family, ref.name), pin: pinFile(ref.name) }
  const renewed = now.source !== to.source || now.key !== to.key
  // Lists of what stood there before must not pass for those of what stands there now.
  if (ref.apt !== undefined && now.lists === 'fetched' && (renewed || to.lists === 'missing'))
    await removeLists(host, ref.apt)
  const parts = ['pin', 'key', 'source'] as const
  if (to.key !== null && now.hint?.noFolder === true)
    await host.makeDirectory(dirname(paths.key), systemFolder)
  for (const each of now.elsewhere) if (!holds(to, each)) await comment(host, ref.name, each)
  // A source is never there without its key.
  for (const part of to.source === null ? parts.toReversed() : parts) {
    await putFile(host, paths[part], { from: now[part], to: to[part] })
  }
  for (const each of to.elsewhere) if (!holds(now, each)) await uncomment(host, ref.name, each)
  if (to.key === null && to.hint?.noFolder === true && now.hint?.noFolder !== true)
    await removeIfEmpty(host, dirname(paths.key))
  if (to.lists === 'fetched' && (now.lists === 'missing' || renewed))
    await fetchLists(host, ref, paths.source)
}

async function fetchLists(host: Host, ref: RepositoryRef, source: string): Promise<void> {
  const only = ['sourceparts=/dev/null', `sourcelist=${source}`].flatMap((each) => [
    '-o',
    `Dir::Etc::${each}`,
  ])
  const keepOthers = ['-o', 'APT::Get::List-Cleanup=0']
  const options = { job: `repository:${ref.name}`, env: { LC_ALL: 'C' } }
  // It ends well also where it has fetched nothing; the lists themselves tell.
  const { stderr } = await host.exec(sh`apt-get update -q ${only} ${keepOthers}`, {
    ...options,
    ok: [0, 100],
  })
  const [now] = await readRepositories(host, [ref])
  if (now === undefined || now instanceof Error || now.lists === 'fetched') return
  throw new TaskFailed(`${host.name} cannot fetch what the repository ${ref.name} has.\n${stderr.trim()}`, {
    advice: adviceOn(stderr),
  })
}

function adviceOn(said: string): string {
  if (/NO_PUBKEY|EXPKEYSIG|not signed|BADSIG/.test(said))
    return 'The key that is given is not the one by which it is signed, or has expired: take its present one.'
  if (/404|does not have a Release file/.test(said)) return 'Look at its address and its suites.'
  return 'Look whether the host reaches it, by a proxy or a mirror if need be.'
}

async function removeLists(host: Host, source: NonNullable<RepositoryRef['apt']>): Promise<void> {
  const files = (await listsNow(host, source)).map((file) => `${listsFolder}/${file}`)
  if (files.length > 0) await host.exec(sh`rm -f -- ${files}`)
}

async function comment(host: Host, name: string, { file, line }: Elsewhere): Promise<void> {
  await editFile(host, file, (text) => ({
    ...text,
    lines: text.lines.map((each) => (each === line ? `${mark(name)}${each}` : each)),
  }))
}

async function uncomment(host: Host, name: string, { file, line }: Elsewhere): Promise<void> {
  await editFile(host, file, (text) => ({
    ...text,
    lines: text.lines.map((each) => (each === `${mark(name)}${line}` ? line : each)),
  }))
}

function mark(name: string): string {
  return `# now in ${name}.sources: `
}

function holds({ elsewhere }: RepositoryState, { file, line }: Elsewhere): boolean {
  return elsewhere.some((each) => each.file === file && each.line === line)
}

/** Somebody else may keep keys there by now. */
async function removeIfEmpty(host: Host, folder: string): Promise<void> {
  try {
    await host.remove(folder)
  } catch (error) {
    if (!(error instanceof CommandFailed) && !/not empty/i.test(String(error))) throw error
  }
}
