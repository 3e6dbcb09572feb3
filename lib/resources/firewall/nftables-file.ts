import { sh } from '../../host/command.ts'
import type { Host } from '../../host/host.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { same } from '../../task/state.ts'
import { findLines } from '../text/block.ts'
import { editFile, textOf, withLines, withoutLines, type Ending, type Lines } from '../text/text-lines.ts'

const [begin, end] = ['# BEGIN ports opened by troupe', '# END ports opened by troupe']

/** Lines of ours that are to stand in the file, and lines that are to go. */
export interface LineMoves {
  readonly come: readonly string[]
  readonly go: readonly string[]
}

/** Moves lines in the one block of ours; the rest of the file stays. It is only written when it loads as a whole. */
export async function moveLines(
  host: Host,
  path: string,
  { come, go }: LineMoves,
  ending?: Ending,
): Promise<void> {
  await editFile(host, path, async (file) => {
    const found = findLines(file, { begin, end })
    const there = found === undefined ? [] : file.lines.slice(found.first + 1, found.last)
    const left = [...new Set([...there.filter((line) => !go.includes(line)), ...come])].toSorted()
    if (same(there.toSorted(), left)) return file
    const bare =
      found === undefined ? file : withoutLines(file, found.first, found.last - found.first + 1, ending)
    if (left.length === 0) return bare
    const after = withLines(bare, found?.first ?? bare.lines.length, [begin, ...left, end])
    await proveLoads(host, path, after)
    return after
  })
}

/** Asks nft to load it into an empty ruleset, as the next boot will, and to leave it at that. */
async function proveLoads(host: Host, path: string, file: Lines): Promise<void> {
  const { code, stderr } = await host.exec(sh`nft -c -f -`, {
    stdin: `flush ruleset; ${textOf(file)}`,
    ok: [0, 1],
  })
  if (code === 0) return
  throw new TaskFailed(
    `With the ports in it, ${path} of ${host.name} would not load, so it was left as it is:\n${stderr.trim()}`,
    { advice: `nft -c -f ${path} says what is wrong with it as it stands.` },
  )
}
