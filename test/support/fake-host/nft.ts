import type { Answer } from '../../../lib/host/host.ts'
import { refused, said } from './answer.ts'
import type { FakeFiles } from './files.ts'

/** What the kernel filters by, as nft prints it. */
export const kernelRules = '/proc/net/fake_nft'

const flush = 'flush ruleset; '

/** `nft -f -` inserts and deletes rules of chains that are there, all or none; with `-c` it looks at a whole file. */
export function nft(files: FakeFiles, words: readonly string[], stdin: string): Answer {
  if (!words.join(' ').endsWith('-f -')) throw new Error(`The fake nft does not know: ${words.join(' ')}`)
  const isCheck = words.includes('-c')
  if (isCheck && !stdin.startsWith(flush))
    throw new Error('The fake nft looks at a file as the boot loads it.')
  let lines = (isCheck ? stdin.slice(flush.length) : (files.read(kernelRules) ?? '')).split('\n')
  const changes = stdin.split('\n').filter((line) => /^(?:insert|delete) /.test(line))
  for (const change of changes) {
    const [, verb, table = '', chain = '', rule = ''] =
      /^(insert|delete) rule (\S+ \S+) (\S+) (.*)$/.exec(change) ?? []
    const start = lines.findIndex((line) => line.startsWith(`table ${table} {`))
    const head = lines.findIndex((line, at) => at > start && line.startsWith(`\tchain ${chain} {`))
    const at =
      verb === 'insert' ? head + 2 : lines.findIndex((line, at) => at > head && line.endsWith(` # ${rule}`))
    if (start < 0 || head < 0 || at < 0) return refused('Error: No such file or directory')
    const handles = lines.map((line) => Number(/# handle (\d+)$/.exec(line)?.[1] ?? 0))
    if (verb === 'insert') lines = lines.toSpliced(at, 0, `\t\t${rule} # handle ${Math.max(...handles) + 1}`)
    else lines = lines.toSpliced(at, 1)
  }
  if (!isCheck) files.write(kernelRules, lines.join('\n'))
  return said('')
}
